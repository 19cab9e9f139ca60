import type { Detections } from '../../src/frame/detections.js';
import type { Frame } from '../../src/frame/frame.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';

/** One of each painting of this test file: as long as it is here, the next road shares what it looks like. */
const painted = new Map<string, Road>();

/** A road of its own, of an address as cameras have it; those that look the same are painted once. */
export function simulatedRoad(address: string): Road {
  const road = new Road(parseSimulatorUrl(address));
  if (!painted.has(address)) painted.set(address, road);
  return road;
}

/** A frame of a road as it comes from a camera of twice its size. */
export function frameOf(road: Road, index: number, sceneMs = road.sceneMs(index)): Frame {
  const { width, height } = road;
  const data = new Uint8Array(width * height * 3);
  road.render(index, data);
  return {
    camera: 'north',
    seq: index,
    capturedAt: 1e12 + sceneMs,
    arrivedAt: sceneMs,
    sceneMs,
    width,
    height,
    sourceWidth: 2 * width,
    sourceHeight: 2 * height,
    damaged: false,
    data,
    release: () => undefined,
  };
}

/** What is there, as a detector would say it, in pixels of the camera's own picture. */
export function detected(road: Road, index: number): Detections {
  const { count, data } = road.truth(index);
  return { count, data: data.map((value, at) => (at % 6 < 4 ? 2 * value : at % 6 === 4 ? 0.9 : value)) };
}
