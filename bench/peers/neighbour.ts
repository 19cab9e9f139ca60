import { setTimeout as wait } from 'node:timers/promises';
import { type Command, type Running, start } from '../harness/program.js';

/** What runs on the machine beside a contender: nothing, or a neighbour that wants a whole core. */
export const BESIDE = ['nothing', 'neighbour'] as const;
export type Beside = (typeof BESIDE)[number];

/** Longer than any contender runs. */
const MOST_MS = 3_600_000;
const BEGIN_MS = 30_000;
const ALONE_MS = 4000;
const TELLS_EVERY_S = 0.2;

/** How far the neighbour was at a time. */
export interface Progress {
  /** Unix ms. */
  readonly at: number;
  /** Pictures transcoded since it began. */
  readonly pictures: number;
}

/**
 * The other program of a cabinet: it transcodes a film over and over in one thread, as fast as it can, at the same
 * priority, and so wants one whole core. What it gets done is counted, since whoever starves it is fast at its cost.
 */
export class Neighbour {
  readonly #program: Running;
  readonly #progress: Progress[] = [];
  #ended: Error | null = null;

  /** Settles when it is at work. @throws Error with its last words where it cannot work here */
  static async start(ffmpeg: string, clip: string): Promise<Neighbour> {
    const neighbour = new Neighbour(transcoding(ffmpeg, clip));
    const until = Date.now() + BEGIN_MS;
    while (neighbour.#progress.length < 2 && Date.now() < until && !neighbour.#ended) await wait(20);
    if (neighbour.#progress.length >= 2) return neighbour;
    await neighbour.stop();
    throw neighbour.#failure(`transcoded nothing in ${BEGIN_MS / 1000} s`);
  }

  private constructor(command: Command) {
    this.#program = start(command, MOST_MS, (line) => {
      const pictures = /^frame=\s*(\d+)/.exec(line)?.[1];
      if (pictures !== undefined) this.#progress.push({ at: Date.now(), pictures: Number(pictures) });
    });
    this.#program.ended.then(
      () => (this.#ended = new Error('it ended')),
      (error: Error) => (this.#ended = error),
    );
  }

  /**
   * Pictures per second between two times (Unix ms); null where it told too little between them.
   *
   * @throws Error where it is no longer at work: whoever ran beside it had the machine alone
   */
  rate(from: number, to: number): number | null {
    if (this.#ended) throw this.#failure('is gone');
    return progressRate(this.#progress, from, to);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }

  #failure(what: string): Error {
    return new Error(`the busy neighbour ${what}${this.#ended ? `: ${this.#ended.message}` : ''}`);
  }
}

/** Pictures per second of a neighbour that has the machine for itself. @throws Error where it cannot work here */
export async function rateAlone(ffmpeg: string, clip: string): Promise<number | null> {
  const neighbour = await Neighbour.start(ffmpeg, clip);
  try {
    const from = Date.now();
    await wait(ALONE_MS);
    return neighbour.rate(from, Date.now());
  } finally {
    await neighbour.stop();
  }
}

/** Pictures per second between the first and the last that was told between two times; null of fewer than two. */
export function progressRate(progress: readonly Progress[], from: number, to: number): number | null {
  const within = progress.filter(({ at }) => at >= from && at <= to);
  const [first, last] = [within[0], within.at(-1)];
  if (!first || !last || last.at <= first.at) return null;
  return ((last.pictures - first.pictures) / (last.at - first.at)) * 1000;
}

/** One thread for each of its stages, which take turns in it. */
function transcoding(ffmpeg: string, clip: string): Command {
  const read = ['-stream_loop', '-1', '-threads', '1', '-i', clip];
  const made = ['-an', '-filter_threads', '1', '-c:v', 'libx264', '-preset', 'veryfast', '-threads', '1', '-f', 'null'];
  const told = ['-nostats', '-progress', 'pipe:1', '-stats_period', String(TELLS_EVERY_S)];
  return [ffmpeg, '-hide_banner', '-v', 'error', '-nostdin', ...told, ...read, ...made, '-'];
}
