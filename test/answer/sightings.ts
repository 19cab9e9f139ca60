import type { FrameResult } from '../../src/frame/frame-result.js';

/** A vehicle for `resultOf`: where the middle of its lower edge is, its size, and its class. Pixels. */
export interface Sighting {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  /** 100 × 100 where it is not said. */
  readonly width?: number;
  readonly height?: number;
  readonly class?: number;
}

/** The result of a frame of 1000 × 500 pixels. */
export function resultOf(sightings: readonly Sighting[]): FrameResult {
  const rows = sightings.flatMap(({ x, y, width = 100, height = 100, class: index = 0 }) => [
    x - width / 2,
    y - height,
    x + width / 2,
    y,
    0.9,
    index,
  ]);
  return {
    camera: 'north',
    seq: 0,
    capturedAt: 0,
    sceneMs: 0,
    sourceWidth: 1000,
    sourceHeight: 500,
    origin: 'inferred',
    detections: { count: sightings.length, data: Float32Array.from(rows) },
    trackIds: Int32Array.from(sightings, ({ id }) => id),
    ageMs: 0,
    confidence: 1,
    latencyMs: 1,
    model: 'm',
    variant: 'v',
    provider: 'cpu',
  };
}
