import { closeSync, openSync, writeSync } from 'node:fs';
import { EdgeError } from '../foundation/errors.js';
import { STRIDE } from '../frame/detections.js';
import type { FrameResult } from '../frame/frame-result.js';

const FLUSH_BYTES = 64 * 1024;
const FLUSH_MS = 1000;
const LINE_FEED = 0x0a;

/**
 * One JSON line per answered frame: camera, seq, capturedAt, origin, ageMs, confidence, latencyMs and detections as
 * `[x1, y1, x2, y2, score, class, trackId]` in pixels of the source. Written in blocks, at least once a second while
 * frames come. A disk that refuses them costs lines, counted in `lostLines`, never the detection.
 */
export class ResultsFile {
  readonly #file: string;
  #descriptor: number | null = null;
  #pending: string[] = [];
  #pendingBytes = 0;
  #flushedAt = 0;
  /** The file ends in part of a line. */
  #torn = false;
  lostLines = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws EdgeError E_OUTPUT where the file cannot be opened */
  open(): void {
    try {
      this.#descriptor = openSync(this.#file, 'a');
    } catch (cause) {
      throw new EdgeError(
        'E_OUTPUT',
        `cannot write results to ${this.#file}: name a file in a folder that exists and is writable`,
        { cause, permanent: true },
      );
    }
  }

  write(result: FrameResult): void {
    const line = resultLine(result);
    this.#pending.push(line);
    this.#pendingBytes += line.length;
    if (this.#pendingBytes >= FLUSH_BYTES || performance.now() - this.#flushedAt >= FLUSH_MS) this.#flush();
  }

  close(): void {
    this.#flush();
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }

  #flush(): void {
    this.#flushedAt = performance.now();
    if (this.#descriptor === null || this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    this.#pendingBytes = 0;
    const bytes = Buffer.from((this.#torn ? '\n' : '') + lines.join(''));
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#descriptor, bytes, written);
      this.#torn = false;
    } catch {
      this.#lost(lines, bytes, written);
    }
  }

  /** A disk that fills up takes the first part of a block: what follows later begins on a line of its own. */
  #lost(lines: readonly string[], bytes: Buffer, written: number): void {
    const mended = this.#torn && written > 0 ? 1 : 0;
    const whole = bytes.subarray(0, written).filter((byte) => byte === LINE_FEED).length - mended;
    this.lostLines += lines.length - whole;
    if (written > 0) this.#torn = bytes[written - 1] !== LINE_FEED;
  }
}

/** The line of one result, with its line feed. */
function resultLine(result: FrameResult): string {
  const { camera, seq, capturedAt, origin } = result;
  const line = {
    camera,
    seq,
    capturedAt,
    origin,
    ageMs: round(result.ageMs, 10),
    confidence: round(result.confidence, 1000),
    latencyMs: round(result.latencyMs, 100),
    detections: detectionRows(result),
  };
  return `${JSON.stringify(line)}\n`;
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
