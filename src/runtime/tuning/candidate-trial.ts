import { giveLowestPriority } from '../../board/process-priority.js';
import type { DetectorConfig, ModelConfig } from '../../config/config.js';
import type { LoadRequest } from '../../detect/detector.js';
import { WorkerDetector } from '../../detect/host/worker-detector.js';
import { Letterbox } from '../../detect/letterbox.js';
import { STRIDE } from '../../frame/detections.js';
import { wishesOf } from '../../models/class-wishes.js';
import { buildLoadRequest } from '../../models/load-request.js';
import type { RegistryEntry } from '../../models/registry.js';
import { BruteForce } from '../../profile/brute-force.js';
import { runProfile } from '../../profile/profiling.js';
import { ProfileTrial } from '../../profile/trial.js';
import type { Measurement } from '../../store/measurement.js';

/** A picture of a camera of this device, RGB24. */
export interface OwnFrame {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface CandidateParts {
  readonly model: ModelConfig;
  readonly detector: DetectorConfig;
  readonly frames: readonly OwnFrame[];
  readonly root: string;
  readonly signal: AbortSignal;
}

/** Short windows: the whole of it is over in some seconds, and can be ended in a fraction of one. */
const WINDOW_MS = 400;
const ROUNDS = 3;
/** Boxes from this score on: what others see weakly speaks for a vehicle, too. */
const WEAK = 0.15;
const LEAST_DEADLINE_MS = 60_000;

/**
 * Measures a candidate beside the one that answers now, in interleaved rounds, each in a worker process of its own with the
 * lowest priority, one picture at a time on one thread: what the service takes from the one it takes from the other.
 *
 * @param inUse null: the candidate is the one in use
 * @returns what was measured of the one in use and of the candidate; less where `signal` ended it
 */
export async function measureBeside(
  inUse: RegistryEntry | null,
  candidate: RegistryEntry,
  provider: string,
  parts: CandidateParts,
): Promise<readonly Measurement[]> {
  const entries = inUse === null ? [candidate] : [inUse, candidate];
  // the two may be variants of different models that are called alike
  const nameOf = (index: number): string => String(index);
  const space = entries.map((_, index) => ({ variant: nameOf(index), provider, threads: 1, batch: 1, workers: 1 }));
  const { measurements } = await runProfile({
    plan: new BruteForce(space, space.length),
    model: candidate.manifest.name,
    sha256Of: (index) => entries[Number(index)]!.variant.sha256,
    createTrial: ({ variant: index }) => {
      const entry = entries[Number(index)]!;
      const request = requestFor(entry, provider, parts);
      return new ProfileTrial({
        request,
        workers: 1,
        createDetector: () => workerOf(parts.detector),
        pictures: picturesFor(request, parts.frames),
        rails: null,
        root: parts.root,
        now: () => performance.now(),
      });
    },
    known: [],
    rounds: ROUNDS,
    windowMs: WINDOW_MS,
    budgetMs: null,
    signal: parts.signal,
    keep: () => undefined,
    root: parts.root,
  });
  if (parts.signal.aborted) return [];
  return measurements.map((measurement) => {
    const { manifest, variant } = entries[Number(measurement.variant)]!;
    return { ...measurement, model: manifest.name, variant: variant.id };
  });
}

/**
 * What a variant sees on the frames, down to weak boxes, in a worker process with the lowest priority.
 *
 * @param classes of the rows that are returned; what they do not name is left out
 * @returns rows of 6 per frame; null where `signal` ended it
 * @throws ModelError where it does not load, DetectorError where the worker dies
 */
export async function look(
  entry: RegistryEntry,
  provider: string,
  classes: readonly string[],
  parts: CandidateParts,
): Promise<Float32Array[] | null> {
  const request = requestFor(entry, provider, parts);
  const scoreThresholds = request.scoreThresholds.map((score) => (score > 1 ? score : Math.min(score, WEAK)));
  const worker = workerOf(parts.detector);
  const indexes = request.classes.map((name) => classes.indexOf(name));
  const { width, height } = request.input;
  const seen: Float32Array[] = [];
  try {
    await worker.load({ ...request, scoreThresholds });
    for (const frame of parts.frames) {
      if (parts.signal.aborted) return null;
      const letterbox = new Letterbox(frame.width, frame.height, width, height);
      const data = new Uint8Array(width * height * 3);
      letterbox.apply(frame.data, data);
      const { detections } = await worker.detect([{ width, height, data }]);
      const { count, data: rows } = detections[0]!;
      const own = rows.slice(0, count * STRIDE);
      letterbox.unmap(own, count, frame.width, frame.height);
      seen.push(inClasses(own, indexes));
    }
    return seen;
  } finally {
    await worker.close();
  }
}

function inClasses(rows: Float32Array, indexes: readonly number[]): Float32Array {
  const kept = new Float32Array(rows.length);
  let end = 0;
  for (let at = 0; at < rows.length; at += STRIDE) {
    const index = indexes[rows[at + 5]!] ?? -1;
    if (index < 0) continue;
    kept.set(rows.subarray(at, at + STRIDE), end);
    kept[end + 5] = index;
    end += STRIDE;
  }
  return kept.slice(0, end);
}

function requestFor(entry: RegistryEntry, provider: string, { model, detector }: CandidateParts): LoadRequest {
  const providers = detector.providers.filter(({ name }) => name === provider);
  const settings = { ...detector, intraOpThreads: 1, providers };
  return buildLoadRequest(entry, wishesOf(entry.manifest.name, entry.manifest.classes, model), settings);
}

function workerOf(detector: DetectorConfig): WorkerDetector {
  const worker = new WorkerDetector({ ...detector, deadlineMs: Math.max(detector.deadlineMs, LEAST_DEADLINE_MS) });
  // it has its process once loading has begun
  setImmediate(() => giveLowestPriority(worker.pid));
  return worker;
}

function picturesFor({ input }: LoadRequest, frames: readonly OwnFrame[]): Uint8Array[] {
  return frames.slice(0, 4).map((frame) => {
    const picture = new Uint8Array(input.width * input.height * 3);
    new Letterbox(frame.width, frame.height, input.width, input.height).apply(frame.data, picture);
    return picture;
  });
}
