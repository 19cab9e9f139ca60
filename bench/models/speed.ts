import type { LoadRequest } from '../../src/detect/detector.js';
import type { Letterbox } from '../../src/detect/letterbox.js';
import { openSession, type Session } from '../../src/detect/worker/session.js';
import { letterboxFor, type Picture } from '../../src/pictures/frame-set.js';
import { median } from '../harness/statistics.js';

/** Medians over the rounds, in milliseconds of one core: time that other programs had the core does not count. */
export interface Speed {
  /** A frame's bytes to its boxes in pixels of the frame: letterbox, tensor, inference, decoding, NMS. */
  readonly frameMs: number;
  /** Letterboxed bytes to boxes: what a worker does. */
  readonly detectMs: number;
  /** The inference alone (session.run). */
  readonly inferMs: number;
  /** How many times as fast as the first contender, round by round, then the median. */
  readonly frameX: number;
  readonly detectX: number;
  readonly inferX: number;
}

export interface SpeedOptions {
  readonly rounds: number;
  /** Milliseconds that each contender takes in a round, about. */
  readonly roundMs: number;
  readonly onRound?: (done: number) => void;
}

/** Milliseconds per frame. */
export interface Round {
  readonly frameMs: number;
  readonly detectMs: number;
  readonly inferMs: number;
}

/** A run more or less says nothing, however long it takes. */
const LEAST_RUNS = 3;

/**
 * Measures variants in this process on the same frames: all are loaded, then they take turns, in rounds of which every
 * other goes backwards, so that whatever else the machine does meets all alike.
 *
 * @param requests on the CPU, of any input size; the first is what the others are compared with
 */
export async function measureSpeed(
  requests: readonly LoadRequest[],
  frames: readonly Picture[],
  { rounds, roundMs, onRound }: SpeedOptions,
): Promise<Speed[]> {
  const lanes: Lane[] = [];
  try {
    for (const request of requests) lanes.push(await Lane.open(request, frames, roundMs));
    for (let round = 0; round < rounds; round++) {
      for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) await lane.round();
      onRound?.(round + 1);
    }
    return lanes.map(({ rounds: own }) => speedOf(own, lanes[0]!.rounds));
  } finally {
    for (const lane of lanes) await lane.session.release();
  }
}

/** Ratios are taken within a round: both of its sides had the same machine. */
export function speedOf(own: readonly Round[], first: readonly Round[]): Speed {
  const ms = (stage: keyof Round) => median(own.map((round) => round[stage]));
  const ratio = (stage: keyof Round) => median(own.map((round, i) => first[i]![stage] / round[stage]));
  return {
    frameMs: ms('frameMs'),
    detectMs: ms('detectMs'),
    inferMs: ms('inferMs'),
    frameX: ratio('frameMs'),
    detectX: ratio('detectMs'),
    inferX: ratio('inferMs'),
  };
}

/** One contender's session with what a frame needs on its way through it. */
class Lane {
  readonly rounds: Round[] = [];
  readonly session: Session;
  readonly #frames: readonly Picture[];
  readonly #input: Uint8Array;
  readonly #width: number;
  readonly #height: number;
  #letterbox: Letterbox | null = null;
  #next = 0;
  #runs = LEAST_RUNS;

  private constructor(session: Session, { input }: LoadRequest, frames: readonly Picture[]) {
    this.session = session;
    this.#frames = frames;
    this.#width = input.width;
    this.#height = input.height;
    this.#input = new Uint8Array(input.width * input.height * 3);
  }

  static async open(request: LoadRequest, frames: readonly Picture[], roundMs: number): Promise<Lane> {
    const lane = new Lane(await openSession(request, () => undefined), request, frames);
    for (let i = 0; i < LEAST_RUNS; i++) await lane.#frame();
    const began = performance.now();
    for (let i = 0; i < LEAST_RUNS; i++) await lane.#frame();
    const ms = (performance.now() - began) / LEAST_RUNS;
    lane.#runs = Math.max(LEAST_RUNS, Math.round(roundMs / ms));
    return lane;
  }

  async round(): Promise<void> {
    // the caches are another contender's
    await this.#frame();
    const spent = { detectMs: 0, inferMs: 0 };
    const began = performance.now();
    const before = process.cpuUsage();
    for (let i = 0; i < this.#runs; i++) await this.#frame(spent);
    const { user, system } = process.cpuUsage(before);
    // whoever else had the core took it from every stage by its length
    const onCore = (user + system) / 1000 / (performance.now() - began);
    this.rounds.push({
      frameMs: (user + system) / 1000 / this.#runs,
      detectMs: (spent.detectMs * onCore) / this.#runs,
      inferMs: (spent.inferMs * onCore) / this.#runs,
    });
  }

  /** @param spent gets the milliseconds, by the clock */
  async #frame(spent = { detectMs: 0, inferMs: 0 }): Promise<void> {
    const { data, width, height } = this.#frames[this.#next++ % this.#frames.length]!;
    this.#letterbox = letterboxFor({ width, height }, this.#letterbox, this.#width, this.#height);
    this.#letterbox.apply(data, this.#input);
    const count = await this.session.detect(1, this.#input);
    this.#letterbox.unmap(this.session.rows, count, width, height);
    const { fillMs, inferMs, decodeMs } = this.session.timings;
    spent.detectMs += fillMs + inferMs + decodeMs;
    spent.inferMs += inferMs;
  }
}
