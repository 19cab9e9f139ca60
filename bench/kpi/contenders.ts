import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import type { Command } from '../harness/program.js';
import type { Outlets } from '../harness/watched-run.js';
import type { Bench, Case, Pace } from './case.js';

const NAIVE = join(PROJECT_ROOT, 'bench/kpi/naive.mjs');
/** The program as it was compiled together with this file. */
const MAIN = fileURLToPath(new URL('../../src/main.js', import.meta.url));
/** capture.maxWidth's default, at which the naive script reads the clip too. */
const MAX_WIDTH = 640;

/** One run of one contender. */
export interface Phase extends Outlets {
  readonly pace: Pace;
  /** Frames at most, of each clip; null takes all. */
  readonly frames: number | null;
}

/** A way to answer a clip's frames. */
export interface Contender {
  readonly name: string;
  command(bench: Bench, clip: Case, phase: Phase): Command;
}

/** The Node script that people write first. */
export const naive: Contender = {
  name: 'naive',
  command(bench, clip, { pace, frames, port, results }) {
    const { model, ffmpeg } = bench;
    const task = {
      clip: clip.clip,
      model: model.file,
      frames: frames ?? Number.MAX_SAFE_INTEGER,
      pace,
      broker: `mqtt://127.0.0.1:${port}`,
      results,
      ffmpeg: { path: ffmpeg.path, timing: ffmpeg.hasFpsMode ? ['-fps_mode', 'passthrough'] : ['-vsync', '0'] },
      picture: pictureSize(clip),
      source: { width: clip.width, height: clip.height },
      input: { width: model.width, height: model.height },
      classes: model.classes,
      reported: model.reported,
    };
    return [process.execPath, NAIVE, `--task=${JSON.stringify(task)}`];
  },
};

/** This program with every frame inferred. */
export const inferred: Contender = atFloor('inferred', 1);

/** This program as it comes, but for its tuning. */
export const full: Contender = {
  name: 'full',
  command: (bench, clip, phase) => oursCommand(bench, [clip], phase, {}),
};

/** Every frame inferred with the boxes down to the lower score of the comparison: what the others are judged against. */
export const reference: Contender = {
  name: 'reference',
  command: (bench, clip, phase) =>
    oursCommand(bench, [clip], phase, { answer: { accuracyFloor: 1 }, model: { scoreThreshold: 0.25 } }),
};

/** This program with another accuracy to keep. */
export function atFloor(name: string, accuracyFloor: number): Contender {
  return {
    name,
    command: (bench, clip, phase) => oursCommand(bench, [clip], phase, { answer: { accuracyFloor } }),
  };
}

/**
 * This program, started as anybody would start it, with one camera per clip; what it remembers begins empty. Without `tune` it stays at
 * the model that all contenders run.
 */
export function oursCommand(
  { model, scratch }: Bench,
  clips: readonly Case[],
  { pace, frames, port, results }: Phase,
  settings: {
    readonly answer?: object;
    readonly model?: object;
    readonly tune?: object;
    readonly detector?: object;
    readonly schedule?: object;
    readonly store?: string;
  },
): Command {
  const folder = mkdtempSync(join(scratch, 'ours-'));
  const file = join(folder, 'config.yaml');
  const configuration = {
    board: 'none',
    cameras: clips.map(({ clip }, i) => ({ id: `camera-${i}`, url: clip, pace })),
    model: { name: model.name, variant: model.variant, ...settings.model },
    ...(settings.answer && { answer: settings.answer }),
    ...(settings.detector && { detector: settings.detector }),
    ...(settings.schedule && { schedule: settings.schedule }),
    tune: settings.tune ?? { enabled: false },
    store: { dir: settings.store ?? join(folder, 'data') },
    mqtt: { broker: `mqtt://127.0.0.1:${port}` },
    http: { enabled: false },
    output: { resultsFile: results, logLevel: 'warn' },
  };
  writeFileSync(file, JSON.stringify(configuration)); // JSON is YAML
  const limit = frames === null ? [] : ['--frames', String(frames * clips.length)];
  return [process.execPath, '--max-semi-space-size=2', MAIN, 'run', '--config', file, ...limit, '--json'];
}

/** Pixels of a clip's pictures in the program: `capture.maxWidth` wide at most, even sides, aspect kept. */
export function pictureSize({ width, height }: Pick<Case, 'width' | 'height'>): { width: number; height: number } {
  const fitted = Math.trunc(Math.min(MAX_WIDTH, width) / 2) * 2;
  return { width: fitted, height: Math.round((height * fitted) / width / 2) * 2 };
}
