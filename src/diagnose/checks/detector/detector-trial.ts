import { MemoryReader } from '../../../board/machine/memory-reader.js';
import type { DetectorConfig } from '../../../config/config.js';
import type { ModelInfo } from '../../../detect/detector.js';
import { WorkerDetector } from '../../../detect/host/worker-detector.js';
import { Letterbox } from '../../../detect/letterbox.js';
import { iou } from '../../../frame/box.js';
import { STRIDE } from '../../../frame/detections.js';
import { buildLoadRequest } from '../../../models/load-request.js';
import { firstRoadScene, type ProbeScene } from '../../../models/recognition/probe-scenes.js';
import { isRoadVehicle } from '../../../models/recognition/road-vehicles.js';
import { fitted } from '../../../models/recognition/trials.js';
import type { ModelRegistry, RegistryEntry } from '../../../models/registry.js';
import type { Patient } from '../../check.js';
import { usedModels } from '../models/used-models.js';

/** What a detector did that was started as `run` starts it. */
export interface DetectorTrial {
  readonly info: ModelInfo;
  readonly entry: RegistryEntry;
  /** Of its session. */
  readonly threads: number;
  /** Vehicles that are in the picture, and of these the ones it found; null where it is for other things than vehicles. */
  readonly vehicles: { readonly wanted: number; readonly found: number } | null;
  /** ms of the fastest of a few inferences: what else runs makes the others slower. */
  readonly inferMs: number;
  /** Whether it was the smallest variant on one thread, because the running program leaves no room for another session. */
  readonly isSmall: boolean;
}

/** Overlap from which on a box counts as the vehicle. */
const OVERLAP = 0.5;
const SURE_SCORE = 0.25;
const INFERENCES = 6;
/** Bytes below which no second session of the same kind is begun beside the running program. */
const ROOM = 1024 * 2 ** 20;

const trials = new WeakMap<Patient, Promise<DetectorTrial>>();

/**
 * One detector for all checks of one diagnosis, whichever asks first: two at a time would measure each other.
 *
 * @throws ModelError or DetectorError where it does not load or answer
 */
export function detectorTrial(patient: Patient, signal: AbortSignal): Promise<DetectorTrial> {
  const begun = trials.get(patient) ?? tryDetector(patient, signal);
  trials.set(patient, begun);
  return begun;
}

async function tryDetector(patient: Patient, signal: AbortSignal): Promise<DetectorTrial> {
  const { config, root } = patient;
  const { registry, used } = await usedModels(config, root);
  const [first] = used;
  const isSmall = patient.running !== null && availableBytes(root) < ROOM;
  const entry = isSmall ? await smallest(registry, first!.entry) : first!.entry;
  const detector = isSmall ? { ...first!.detector, intraOpThreads: 1 } : first!.detector;
  const worker = new WorkerDetector(detector);
  const end = () => worker.kill('closed', 'the diagnosis gave it up');
  signal.addEventListener('abort', end);
  try {
    const info = await worker.load(loadRequest(entry, patient, detector));
    const seen = await showRoad(worker, entry, info);
    return { info, entry, threads: detector.intraOpThreads, isSmall, vehicles: seen.vehicles, inferMs: seen.inferMs };
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
  let rows = new Float32Array(0);
  for (let run = 0; run < INFERENCES; run++) {
    const { detections, timings } = await worker.detect([picture]);
    const { data, count } = detections[0]!;
    inferMs = Math.min(inferMs, timings.inferMs);
    rows = data.slice(0, count * STRIDE);
  }
  new Letterbox(scene.width, scene.height, width, height).unmap(rows, rows.length / STRIDE, scene.width, scene.height);
  return { inferMs, vehicles: info.classes.some(isRoadVehicle) ? foundIn(scene, rows) : null };
}

function foundIn({ vehicles }: ProbeScene, rows: Float32Array): NonNullable<DetectorTrial['vehicles']> {
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

function availableBytes(root: string): number {
  const reader = new MemoryReader(root);
  reader.look();
  reader.read();
  const { memory } = reader;
  reader.close();
  return memory?.available ?? Number.POSITIVE_INFINITY;
}
