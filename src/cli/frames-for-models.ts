import { configSchema, type TrustSettings } from '../config/config.js';
import { createLog } from '../foundation/log.js';
import { COCO_CLASSES } from '../models/coco.js';
import type { Progress } from '../optimize/step-progress.js';
import { type GatheredFrames, gatherFrames } from '../pictures/gather-frames.js';

/** What the command line says about frames. */
export interface FrameFlags extends TrustSettings {
  readonly frames?: readonly string[];
  readonly labels?: string;
  /** Frames to take, at most. */
  readonly count?: number;
}

/** Gathers what `--frames` names, with default capture settings. @throws SourceError, ConfigError as gatherFrames does */
export function gatherFor(
  classes: readonly string[],
  { frames, labels, count, tlsFingerprint, tlsCaFile }: FrameFlags,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<GatheredFrames> {
  return gatherFrames({
    from: frames ?? [],
    classes,
    ...(labels !== undefined && { labels }),
    cocoClasses: COCO_CLASSES,
    ...(count !== undefined && { most: count }),
    tls: { tlsFingerprint, tlsCaFile },
    capture: configSchema.parse({}).capture,
    log: createLog('error'),
    onProgress: (source, _seen, kept) =>
      onProgress({ what: `gathering frames: ${kept} of ${source}`, share: 0, leftMs: null }),
    signal,
  });
}

/** Runs work that Ctrl-C ends at its next step. A second one ends the process. @returns null where it was ended */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, stop);
  try {
    return await work(abort.signal);
  } catch (error) {
    if (abort.signal.aborted) return null;
    throw error;
  } finally {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, stop);
  }
}
