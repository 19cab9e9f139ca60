import { MemoryReader } from '../../../board/machine/memory-reader.js';
import type { DetectorConfig, ProviderName } from '../../../config/config.js';
import type { ModelInfo, ProviderRefusal } from '../../../detect/detector.js';
import { WorkerDetector } from '../../../detect/host/worker-detector.js';
import { Letterbox } from '../../../detect/letterbox.js';
import { DetectorError, explain, ModelError } from '../../../foundation/errors.js';
import { iou } from '../../../frame/box.js';
import { STRIDE } from '../../../frame/detections.js';
import { buildLoadRequest } from '../../../models/load-request.js';
import { firstRoadScene, type ProbeScene } from '../../../models/recognition/probe-scenes.js';
import { isRoadVehicle } from '../../../models/recognition/road-vehicles.js';
import { fitted } from '../../../models/recognition/trials.js';
import type { ModelRegistry, RegistryEntry } from '../../../models/registry.js';
import type { Patient } from '../../check.js';
import { runtimeOf } from '../accelerator/runtime-of.js';
import { usedModels } from '../models/used-models.js';

/** What a detector did that was started as `run` starts it. */
export interface TrialAnswer {
  readonly info: ModelInfo;
  readonly entry: RegistryEntry;
  /** Of its session. */
  readonly threads: number;
  /** Vehicles that are in the picture, and of these the ones it found; null where it is for other things than vehicles. */
  readonly vehicles: { readonly wanted: number; readonly found: number } | null;
  /** ms of the fastest of a few inferences: what else runs makes the others slower. */
  readonly inferMs: number;
  /** ms of the fastest of a few pictures, from its being sent to its answer, as a profile has it. */
  readonly pictureMs: number;
  /** Whether it was the smallest variant on one thread, because the running program leaves no room for another session. */
  readonly isSmall: boolean;
}

/** A provider of which a library ended the worker: with it in the ladder none that follows is ever tried. */
export interface CrashedProvider {
  readonly provider: ProviderName;
  /** `killed by SIGSEGV; its last words: …`. */
  readonly how: string;
}

/** How it came out: an answer, a failure, or that it was not tried for a reason that is told by another check. */
export interface DetectorTrial {
  readonly crashed: readonly CrashedProvider[];
  readonly answer: TrialAnswer | null;
  /** Why there is no answer; null where there is one, or where none was asked for. */
  readonly failure: unknown;
  /** Why none was asked for; null where one was. */
  readonly spared: 'model' | 'runtime' | 'held' | null;
}

/** Overlap from which on a box counts as the vehicle. */
const OVERLAP = 0.5;
const SURE_SCORE = 0.25;
const INFERENCES = 6;
/** Bytes below which no second session of the same kind is begun beside the running program. */
const ROOM = 1024 * 2 ** 20;

const trials = new WeakMap<Patient, Promise<DetectorTrial>>();

/**
 * One detector for all checks of one diagnosis, whichever asks first: two at a time would measure each other. Beside the
 * running program nothing is opened on an accelerator, which may be its own alone.
 */
export function detectorTrial(patient: Patient, signal: AbortSignal): Promise<DetectorTrial> {
  const begun = trials.get(patient) ?? tryDetector(patient, signal);
  trials.set(patient, begun);
  return begun;
}

async function tryDetector(patient: Patient, signal: AbortSignal): Promise<DetectorTrial> {
  const wanted = await trialModel(patient);
  if (wanted === null) return spared('model');
  const { entry, isSmall } = wanted;
  const isBuiltIn = wanted.detector.command === undefined && wanted.detector.socket === undefined;
  if (isBuiltIn && (await runtimeOf(patient, signal)).failure !== null) return spared('runtime');
  const isFree = patient.running === null || !isBuiltIn;
  const providers = wanted.detector.providers.filter(({ name }) => isFree || name === 'cpu');
  if (providers.length === 0) return spared('held');
  const detector = { ...wanted.detector, providers };
  try {
    const answer = await answerOf(patient, entry, detector, isSmall, signal);
    return { crashed: [], answer, failure: null, spared: null };
  } catch (failure) {
    if (!isBuiltIn || crashOf(failure) === null) return { crashed: [], answer: null, failure, spared: null };
    return withoutCrashed(patient, entry, detector, isSmall, signal);
  }
}

/** One provider after the other, each in a worker of its own, until one answers. */
async function withoutCrashed(
  patient: Patient,
  entry: RegistryEntry,
  detector: DetectorConfig,
  isSmall: boolean,
  signal: AbortSignal,
): Promise<DetectorTrial> {
  const crashed: CrashedProvider[] = [];
  const refused: ProviderRefusal[] = [];
  let failure: unknown = null;
  for (const rung of detector.providers) {
    try {
      const one = { ...detector, providers: [rung] };
      const answer = await answerOf(patient, entry, one, isSmall, signal);
      return { crashed, answer: { ...answer, info: { ...answer.info, refused } }, failure: null, spared: null };
    } catch (error) {
      failure = error;
      const how = crashOf(error);
      if (how === null) refused.push({ provider: rung.name, reason: explain(error) });
      else crashed.push({ provider: rung.name, how });
    }
  }
  return { crashed, answer: null, failure, spared: null };
}

const spared = (why: NonNullable<DetectorTrial['spared']>): DetectorTrial => ({
  crashed: [],
  answer: null,
  failure: null,
  spared: why,
});

/** How a worker ended of itself; null where it refused, or was ended. */
function crashOf(error: unknown): string | null {
  return error instanceof DetectorError && error.context['cause'] === 'crashed' ? error.message : null;
}

/** The model that is tried, and how; null where there is none, or its file is not the one. */
async function trialModel({ config, root, running }: Patient) {
  try {
    const { registry, used } = await usedModels(config, root);
    const [first] = used;
    const isSmall = running !== null && !hasDetectorRoom(root);
    const entry = isSmall ? await smallest(registry, first!.entry) : first!.entry;
    if ((await registry.problemOf(entry)) !== null) return null;
    return { entry, detector: isSmall ? { ...first!.detector, intraOpThreads: 1 } : first!.detector, isSmall };
  } catch (error) {
    if (error instanceof ModelError) return null;
    throw error;
  }
}

/** @throws ModelError or DetectorError where it does not load or answer */
async function answerOf(
  patient: Patient,
  entry: RegistryEntry,
  detector: DetectorConfig,
  isSmall: boolean,
  signal: AbortSignal,
): Promise<TrialAnswer> {
  const worker = new WorkerDetector(detector);
  const end = () => worker.kill('closed', 'the diagnosis gave it up');
  signal.addEventListener('abort', end);
  try {
    signal.throwIfAborted();
    const info = await worker.load(loadRequest(entry, patient, detector));
    const { vehicles, inferMs, pictureMs } = await showRoad(worker, entry, info);
    return { info, entry, threads: detector.intraOpThreads, isSmall, vehicles, inferMs, pictureMs };
  } finally {
    signal.removeEventListener('abort', end);
    await worker.close();
  }
}

/** With thresholds of its own: the site's may leave out, or be as strict, as they like. */
function loadRequest(entry: RegistryEntry, { config }: Patient, detector: DetectorConfig) {
  const model = { ...config.model, classes: undefined, classThresholds: {}, scoreThreshold: SURE_SCORE };
  return buildLoadRequest(entry, model, detector);
}

async function showRoad(worker: WorkerDetector, { variant: { width, height } }: RegistryEntry, info: ModelInfo) {
  const scene = await firstRoadScene();
  const picture = { width, height, data: fitted(scene, width, height) };
  let inferMs = Number.POSITIVE_INFINITY;
  let pictureMs = Number.POSITIVE_INFINITY;
  let rows = new Float32Array(0);
  for (let run = 0; run < INFERENCES; run++) {
    const sent = performance.now();
    const { detections, timings } = await worker.detect([picture]);
    pictureMs = Math.min(pictureMs, performance.now() - sent);
    const { data, count } = detections[0]!;
    inferMs = Math.min(inferMs, timings.inferMs);
    rows = data.slice(0, count * STRIDE);
  }
  new Letterbox(scene.width, scene.height, width, height).unmap(rows, rows.length / STRIDE, scene.width, scene.height);
  return { inferMs, pictureMs, vehicles: info.classes.some(isRoadVehicle) ? foundIn(scene, rows) : null };
}

function foundIn({ vehicles }: ProbeScene, rows: Float32Array): NonNullable<TrialAnswer['vehicles']> {
  const starts = Array.from({ length: vehicles!.length / 4 }, (_, index) => index * 4);
  const boxes = Array.from({ length: rows.length / STRIDE }, (_, index) => index * STRIDE);
  const hits = starts.filter((start) => boxes.some((box) => iou(vehicles!, start, rows, box) >= OVERLAP));
  return { wanted: starts.length, found: hits.length };
}

async function smallest(registry: ModelRegistry, used: RegistryEntry): Promise<RegistryEntry> {
  const { manifest, variant } = used;
  const least = manifest.variants
    .filter(({ needs }) => needs === undefined || needs === variant.needs)
    .reduce((small, one) => (one.width * one.height < small.width * small.height ? one : small), variant);
  return registry.find(manifest.name, least.id);
}

/** Whether there is memory for a second session beside the running program's. */
export const hasDetectorRoom = (root: string): boolean => availableBytes(root) >= ROOM;

function availableBytes(root: string): number {
  const reader = new MemoryReader(root);
  reader.look();
  reader.read();
  const { memory } = reader;
  reader.close();
  return memory?.available ?? Number.POSITIVE_INFINITY;
}
