import type { Frame } from '../../src/frame/frame.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import type { EventPayload } from '../../src/telemetry/mqtt/messages/event.js';
import { seeded } from '../seeded.js';

/** A noisy frame with one vehicle, track 1. */
export function sighting(
  seq: number,
  box: readonly [number, number, number, number],
  { camera = 'north', width = 320, height = 180, sceneMs = seq * 100 } = {},
): [Frame & { released: number }, FrameResult] {
  const random = seeded(seq + 1);
  const size = { sourceWidth: width, sourceHeight: height };
  const common = { camera, seq, capturedAt: 1_764_000_000_000 + sceneMs, sceneMs, ...size };
  const frame = {
    ...common,
    arrivedAt: 0,
    width,
    height,
    damaged: false,
    // as the pools of cameras have it
    data: Buffer.from(Uint8Array.from({ length: width * height * 3 }, () => random() * 256)),
    released: 0,
    release() {
      this.released++;
    },
  };
  const result: FrameResult = {
    ...common,
    detections: { count: 1, data: Float32Array.of(...box, 0.9, 0) },
    trackIds: Int32Array.of(1),
    origin: 'inferred',
    ageMs: 0,
    confidence: 1,
    latencyMs: 1,
    model: 'roadside-n',
    variant: 'v',
    provider: 'cpu',
  };
  return [frame, result];
}

/** Vehicle 1 crossed a line in that frame. */
export function crossing(frame: number, kind: 'crossed' | 'entered' = 'crossed'): EventPayload {
  const common = {
    frame,
    capturedAt: 1_764_000_000_000,
    origin: 'inferred',
    ageMs: 0,
    confidence: 1,
    latencyMs: 1,
    counts: {},
    vehicle: { trackId: 1, class: 'car', score: 0.9, box: [60, 20, 100, 60] },
  };
  return (
    kind === 'crossed'
      ? { kind, ...common, line: 'stop-line', direction: 'left', total: 1 }
      : { kind, ...common, zone: 'box', occupancy: 1 }
  ) as EventPayload;
}

/** The same vehicle broke a rule. */
export function infraction(frame: number): EventPayload {
  return {
    ...crossing(frame),
    kind: 'infraction',
    rule: 'no-u-turn',
    offence: 'u-turn',
    zone: null,
    certainty: 0.9,
    turnedDeg: 172.5,
    atMs: 1_764_000_000_000,
    path: [
      [80, 60],
      [81, 59],
    ],
  } as unknown as EventPayload;
}
