import { WorkerDetector } from '../../../detect/host/worker-detector.js';
import { STRIDE } from '../../../frame/detections.js';
import type { Rgb } from '../../../media/picture-light.js';
import { buildLoadRequest } from '../../../models/load-request.js';
import { fitted } from '../../../models/recognition/trials.js';
import type { Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { turned } from '../../picture/turned.js';
import { hasDetectorRoom } from '../detector/detector-trial.js';
import { usedModels } from '../models/used-models.js';

/** Score from which on a box counts: models see vehicles in turned pictures too, with less. */
const SURE_SCORE = 0.45;
/** So many vehicles at least, and so many times those of the picture as it is: seen on 13 roads, turned and not. */
const LEAST_VEHICLES = 4;
const MORE = 4;
const TURNS = [0, 2, 1, 3] as const;

/** Looks with the site's own model whether a camera's pictures are upside down or lie on their side. */
export class UprightLook {
  readonly #patient: Patient;
  readonly #signal: AbortSignal;
  #opened: Promise<OpenDetector | null> | null = null;
  /** One picture at a time. */
  #before: Promise<unknown> = Promise.resolve();

  /** @param signal ends it at any time */
  constructor(patient: Patient, signal: AbortSignal) {
    this.#patient = patient;
    this.#signal = signal;
  }

  /** @returns what is wrong; nothing where all is well, nothing can be told, or there is no room or time for a detector */
  look(camera: string, pictures: readonly Rgb[]): Promise<Finding[]> {
    const look = this.#before.then(() => this.#vehicles(pictures)).then((counts) => judgeTurns(camera, counts));
    const findings = look.catch(() => []);
    this.#before = findings;
    return findings;
  }

  async close(): Promise<void> {
    await this.#before;
    await (await this.#opened)?.worker.close();
  }

  /** By quarter turns, what is found in all pictures; empty where there is no detector. */
  async #vehicles(pictures: readonly Rgb[]): Promise<number[]> {
    if (pictures.length === 0 || this.#signal.aborted) return [];
    this.#opened ??= openDetector(this.#patient, this.#signal).catch(() => null);
    const detector = await this.#opened;
    if (detector === null) return [];
    const counts = [0, 0, 0, 0];
    for (const picture of pictures)
      for (const quarters of TURNS) counts[quarters]! += await vehiclesIn(detector, turned(picture, quarters));
    return counts;
  }
}

/** What the vehicles found by quarter turns say; pure. */
export function judgeTurns(camera: string, counts: readonly number[]): Finding[] {
  const most = Math.max(0, ...counts);
  const quarters = counts.indexOf(most);
  const asItIs = counts[0] ?? 0;
  if (quarters <= 0 || most < LEAST_VEHICLES || most < MORE * Math.max(1, asItIs)) return [];
  const values = { camera, degrees: quarters * 90, turned: most, seen: asItIs };
  return [found('degraded', 'camera-turned', values, camera)];
}

interface OpenDetector {
  readonly worker: WorkerDetector;
  /** Pixels of what the model takes. */
  readonly width: number;
  readonly height: number;
}

/** @returns null where it would take memory from the running program, or a worker that takes one caller only */
async function openDetector(patient: Patient, signal: AbortSignal): Promise<OpenDetector | null> {
  const { config, root, running } = patient;
  if (running !== null && (config.detector.socket !== undefined || !hasDetectorRoom(root))) return null;
  const { used } = await usedModels(config, root);
  const { entry, detector } = used[0]!;
  const options = running === null ? detector : { ...detector, intraOpThreads: 1 };
  const worker = new WorkerDetector(options);
  signal.addEventListener('abort', () => worker.kill('closed', 'the diagnosis gave it up'), { once: true });
  const model = { ...config.model, classes: undefined, classThresholds: {}, scoreThreshold: SURE_SCORE };
  await worker.load(buildLoadRequest(entry, model, options));
  const { width, height } = entry.variant;
  return { worker, width, height };
}

async function vehiclesIn({ worker, width, height }: OpenDetector, picture: Rgb): Promise<number> {
  const { detections } = await worker.detect([{ width, height, data: fitted(picture, width, height) }]);
  const { data, count } = detections[0]!;
  let sure = 0;
  for (let row = 0; row < count; row++) if (data[row * STRIDE + 4]! >= SURE_SCORE) sure++;
  return sure;
}
