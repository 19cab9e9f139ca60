import { readFileSync } from 'node:fs';

/** x1, y1, x2, y2 in pixels of the clip, score, class; what follows is not looked at. */
export type Box = readonly number[];

/** What every contender writes, one JSON line per frame. */
export interface FrameLine {
  readonly seq: number;
  /** Unix ms when the decoded frame was complete in the program. */
  readonly capturedAt: number;
  /** From then to its boxes. */
  readonly latencyMs: number;
  readonly detections: readonly Box[];
}

/** @throws Error where a line is not a frame's result */
export function readResults(file: string): FrameLine[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line, i) => {
    const frame = JSON.parse(line) as FrameLine;
    const numbers = [frame.seq, frame.capturedAt, frame.latencyMs];
    if (!numbers.every(Number.isFinite) || !Array.isArray(frame.detections)) {
      throw new Error(`line ${i + 1} of ${file} is not a frame's result`);
    }
    return frame;
  });
}

/** Unix ms of every result, ascending. */
export function answerTimes(lines: readonly FrameLine[]): number[] {
  return lines.map(({ capturedAt, latencyMs }) => capturedAt + latencyMs).sort((a, b) => a - b);
}

/** Frames per second from the first result to the last; null of fewer than two. */
export function framesPerSecond(answeredAt: readonly number[]): number | null {
  const seconds = ((answeredAt.at(-1) ?? 0) - (answeredAt[0] ?? 0)) / 1000;
  return seconds > 0 ? (answeredAt.length - 1) / seconds : null;
}

/** Frames with a result, of those between the first result and the last; null of none. */
export function answeredShare(lines: readonly FrameLine[]): number | null {
  const numbers = lines.map(({ seq }) => seq);
  return numbers.length === 0 ? null : numbers.length / (Math.max(...numbers) - Math.min(...numbers) + 1);
}
