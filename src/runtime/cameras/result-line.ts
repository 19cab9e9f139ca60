import type { TenantId } from '../../foundation/scope.js';
import { STRIDE } from '../../frame/detections.js';
import type { FrameResult } from '../../frame/frame-result.js';

/**
 * A result as one line of JSON: camera, tenant where it is one's, seq, capturedAt, origin, ageMs, confidence, latencyMs and detections as
 * `[x1, y1, x2, y2, score, class, trackId]` in pixels of the source.
 */
export function resultLine(result: FrameResult, tenant: TenantId = null): string {
  const { camera, seq, capturedAt, origin } = result;
  const line = {
    camera,
    ...(tenant !== null && { tenant }),
    seq,
    capturedAt,
    origin,
    ageMs: round(result.ageMs, 10),
    confidence: round(result.confidence, 1000),
    latencyMs: round(result.latencyMs, 100),
    detections: detectionRows(result),
  };
  return JSON.stringify(line);
}

function detectionRows({ detections: { count, data }, trackIds }: FrameResult): number[][] {
  const rows: number[][] = [];
  for (let i = 0; i < count; i++) {
    const at = i * STRIDE;
    rows.push([
      round(data[at]!, 10),
      round(data[at + 1]!, 10),
      round(data[at + 2]!, 10),
      round(data[at + 3]!, 10),
      round(data[at + 4]!, 1000),
      data[at + 5]!,
      trackIds[i]!,
    ]);
  }
  return rows;
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
