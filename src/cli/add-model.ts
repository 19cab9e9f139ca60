import { resolve } from 'node:path';
import { configSchema, type TrustSettings } from '../config/config.js';
import type { Detector } from '../detect/detector.js';
import { WorkerDetector } from '../detect/host/worker-detector.js';
import { addToRegistry } from '../models/add-model.js';
import { pullIntoRegistry } from '../models/pull-model.js';
import { blankScenes, type ProbeScene, roadScenes } from '../models/recognition/probe-scenes.js';
import { discardUnfinished } from '../models/staged-model.js';
import { reportAdded } from './added-model.js';
import { framesToTry } from './frames-to-try.js';
import { type DescriptionFlags, describedByFlags } from './model-flags.js';
import { type ModelsOptions, modelsFolder } from './models.js';
import { print, printJson } from './print.js';
import { countingLine, progressBar } from './progress.js';
import { exitCodeOfSignal, StopSignals } from './stop-signals.js';

export interface AddCommand extends ModelsOptions, DescriptionFlags, TrustSettings {
  readonly file: string;
  readonly name?: string;
  /** Pictures of one's own to try it on: folders, files, clips, cameras. */
  readonly frames?: readonly string[];
  /** Add it although its numbers make no sense. */
  readonly force?: boolean;
  /** Try it, and add nothing. */
  readonly dryRun?: boolean;
  /** Folder for the annotated pictures. */
  readonly out?: string;
}

/**
 * `models add FILE`: finds out how a model is to be read, and adds it.
 * @returns the exit code @throws ConfigError for flags, ModelError for models that cannot be used, SourceError for frames
 */
export async function addModel(command: AddCommand): Promise<number> {
  const { file, name, force, dryRun = false } = command;
  const model = describedByFlags(command);
  const frames = await framesToTry(command.frames ?? [], command);
  const line = countingLine('pictures tried');
  const added = await addToRegistry({
    modelsDir: modelsFolder(command),
    file,
    name,
    model,
    scenes: await scenesWith(frames),
    force,
    dryRun,
    onRun: line.update,
    createDetector,
  }).finally(line.stop);
  await reportAdded(added, { json: command.json === true, dryRun, out: command.out && resolve(command.out) });
  return 0;
}

/** `models pull NAME|URL` @returns the exit code @throws ConfigError for flags, EdgeError E_DOWNLOAD, ModelError */
export async function pullModel(
  command: ModelsOptions &
    DescriptionFlags & { readonly what: string; readonly sha256?: string; readonly name?: string },
): Promise<number> {
  const bar = progressBar(command.what.split('/').at(-1) ?? 'model');
  const pulled = await pullIntoRegistry({
    modelsDir: modelsFolder(command),
    target: command.what,
    sha256: command.sha256,
    name: command.name,
    model: describedByFlags(command),
    createDetector,
    onProgress: bar.update,
  }).finally(bar.stop);
  if (pulled.added) await reportAdded(pulled.added, { json: command.json === true, dryRun: false });
  else if (command.json) printJson({ model: pulled.name, folder: pulled.folder, added: false });
  else print(`${pulled.name} is in ${pulled.folder} already`);
  return 0;
}

/** From now on Ctrl-C and its like leave nothing half added behind. */
export function discardWhenStopped(options: ModelsOptions): void {
  void new StopSignals().received.then((signal) => {
    discardUnfinished(modelsFolder(options));
    process.exit(exitCodeOfSignal(signal));
  });
}

/** One's own pictures first: of those it is told first what was seen. */
async function scenesWith(frames: readonly ProbeScene[]): Promise<readonly ProbeScene[]> {
  return [...frames, ...(await roadScenes()), ...blankScenes()];
}

function createDetector(): Detector {
  const { deadlineMs, loadDeadlineMs } = configSchema.parse({}).detector;
  // A first run on a slow board may take longer than a frame is allowed to.
  return new WorkerDetector({ deadlineMs: Math.max(deadlineMs, 60_000), loadDeadlineMs });
}
