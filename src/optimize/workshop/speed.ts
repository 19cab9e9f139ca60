import type { LoadRequest } from '../../detect/detector.js';
import { openSession, type Session } from '../../detect/worker/session.js';
import { median, quantile } from '../../foundation/statistics.js';
import { letterboxFor, type Picture } from '../../pictures/frame-set.js';

/** Milliseconds from a letterboxed frame's bytes to its boxes. */
export interface Speed {
  /**
   * On the CPU, what a frame takes of its core: the median of the rounds, in which no time counts that others had the
   * core. On an accelerator, the median as the clock has it.
   */
  readonly p50Ms: number;
  /** What 95 of 100 frames stayed below, as the clock has it. */
  readonly p95Ms: number;
  /** How many times as fast as the first of those measured, by the median of the rounds; 1 for itself. */
  readonly speedup: number;
}

export interface MeasureOptions {
  /** Default 12. */
  readonly rounds?: number;
  /** Milliseconds that each takes in a round, about. Default 150. */
  readonly roundMs?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A run more or less says nothing, however long it takes. */
const LEAST_RUNS = 3;

/**
 * Measures variants against each other in this process: all are loaded, then they take turns, in rounds of which every
 * other goes backwards, so that whatever else the machine does, and its temperature, meets all alike.
 *
 * @param requests the first is what the others are compared with
 * @returns in the order of the requests
 * @throws ModelError where one does not load
 */
export async function measureSpeed(
  requests: readonly LoadRequest[],
  picture: Picture,
  options: MeasureOptions = {},
): Promise<Speed[]> {
  const { rounds = 12, roundMs = 150, onProgress, signal } = options;
  const lanes: Lane[] = [];
  try {
    for (const request of requests) lanes.push(await openLane(request, picture, roundMs));
    for (let round = 0; round < rounds; round++) {
      for (const lane of round % 2 === 0 ? lanes : lanes.toReversed()) {
        signal?.throwIfAborted();
        lane.rounds.push(await runRound(lane));
        // session.run blocks: let signals and timers through
        await new Promise((resolve) => setImmediate(resolve));
      }
      onProgress?.(round + 1, rounds);
    }
    return lanes.map((lane) => speedOf(lane, lanes[0]!));
  } finally {
    for (const { session } of lanes) await session.release();
  }
}

interface Lane {
  readonly session: Session;
  readonly onCpu: boolean;
  readonly input: Uint8Array;
  readonly runs: number;
  readonly rounds: Round[];
}

interface Round {
  /** Milliseconds of each run, by the clock. */
  readonly times: readonly number[];
  /** Milliseconds per run on the core. */
  readonly coreMs: number;
}

async function openLane(request: LoadRequest, picture: Picture, roundMs: number): Promise<Lane> {
  const { width, height } = request.input;
  const session = await openSession({ ...request, batchSizes: [1] }, () => undefined);
  const input = new Uint8Array(width * height * 3);
  letterboxFor(picture, null, width, height).apply(picture.data, input);
  const probe: number[] = [];
  for (let i = 0; i < LEAST_RUNS; i++) probe.push(await runOnce(session, input));
  const runs = Math.max(LEAST_RUNS, Math.round(roundMs / Math.max(0.01, median(probe)!)));
  return { session, onCpu: session.info.provider === 'cpu', input, runs, rounds: [] };
}

async function runRound({ session, input, runs }: Lane): Promise<Round> {
  const times: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < runs; i++) times.push(await runOnce(session, input));
  const { user, system } = process.cpuUsage(before);
  return { times, coreMs: (user + system) / 1000 / runs };
}

async function runOnce(session: Session, input: Uint8Array): Promise<number> {
  const began = performance.now();
  await session.detect(1, input);
  return performance.now() - began;
}

function speedOf(lane: Lane, reference: Lane): Speed {
  const typical = typicalOf(lane);
  const ratios = typicalOf(reference).map((ms, round) => ms / typical[round]!);
  return {
    p50Ms: median(typical)!,
    p95Ms: quantile(
      lane.rounds.flatMap(({ times }) => times),
      0.95,
    )!,
    speedup: median(ratios)!,
  };
}

/** Milliseconds of a frame, round by round. */
function typicalOf({ rounds, onCpu }: Lane): number[] {
  return rounds.map(({ times, coreMs }) => (onCpu ? coreMs : median(times)!));
}
