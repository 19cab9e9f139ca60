import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, resolve } from 'node:path';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { scratchFolder } from './harness/ending.js';
import { flag, OptionError, place, readOptions, someOf, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { round } from './harness/statistics.js';
import { clipInfo } from './peers/clip-size.js';
import type { Contender, Task } from './peers/contender.js';
import { goals, type Row } from './peers/goals.js';
import { BESIDE, rateAlone } from './peers/neighbour.js';
import { naive, transformers } from './peers/node-scripts.js';
import { opencv } from './peers/opencv.js';
import { ours } from './peers/ours.js';
import { compete } from './peers/rounds.js';
import { rowOf } from './peers/row.js';

const CONTENDERS: Readonly<Record<string, Contender>> = { naive, transformers, opencv, ours };

const USAGE = `npm run -s bench -- peers [options]

The same clip and the same model (YOLOX-nano), every frame inferred, in four programs: on a machine that does nothing else,
and beside a neighbour that wants a whole core. docs/benchmarks.md says more.

  --clip FILE     the video (default ../shared/clips/german_junction_360.mp4)
  --model FILE    YOLOX-nano for 416x416 (default ../shared/models/yolox_nano_416x416.onnx)
  --frames N      frames of the clip (default 400)
  --rounds R      times that every contender runs, in turn; medians are reported (default 3)
  --only NAMES    some of ${Object.keys(CONTENDERS).join(',')}
  --beside NAMES  some of ${BESIDE.join(',')}: the tables (default both)
  --threads N     threads inside an operator for our session (default: one per core, as the rivals' libraries choose)
  --quick         100 frames, one round: whether all run, not who is faster
`;

/** Frames per second, latency, CPU, memory and boxes of this program beside those of its rivals. */
export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = scratchFolder('peers');
  const { path: ffmpeg, version } = await findFfmpeg({ env: process.env });
  const clip = clipInfo(ffmpeg, options.clip);
  const task: Task = { ...options, ...clip, ffmpeg, scratch };
  const notes = [
    `${basename(task.clip)}: ${clip.width}x${clip.height} at ${clip.fps} frames/s, ${task.frames} frames, ${options.rounds} rounds; ${version}`,
  ];
  const taking = await prepared(options.contenders, task, notes);
  if (options.beside.includes('neighbour')) notes.push(await neighbourAlone(ffmpeg, task.clip));
  const rounds = await compete(taking, task, options.rounds, options.beside, notes);
  const tables = [...rounds].map(([beside, byContender]) => {
    const measured = [...byContender].filter(([, some]) => some.length > 0);
    return { beside, rows: measured.map(([{ name }, some]) => rowOf(name, beside, some)) };
  });
  return {
    name: 'peers',
    rows: tables.flatMap(({ rows }) => rows.map((row) => ({ ...row }))),
    tableFor: 'beside',
    goals: tables.flatMap(({ beside, rows }) =>
      goals(
        beside,
        rows.find(isOurs),
        rows.filter((row) => !isOurs(row)),
      ),
    ),
    notes,
  };
}

const isOurs = ({ contender }: Row): boolean => contender === ours.name;

async function neighbourAlone(ffmpeg: string, clip: string): Promise<string> {
  const rate = await rateAlone(ffmpeg, clip);
  return `the neighbour transcodes ${rate === null ? 'an unknown number of' : round(rate)} pictures/s while nothing runs beside it`;
}

function parse(args: string[]) {
  const { clip, model, only, ...options } = readOptions(args, USAGE, {
    clip: place('../shared/clips/german_junction_360.mp4'),
    model: place('../shared/models/yolox_nano_416x416.onnx'),
    frames: wholeNumber({ least: 10, usual: 400, quick: 100 }),
    rounds: wholeNumber({ least: 1, usual: 3, quick: 1 }),
    only: someOf(Object.keys(CONTENDERS)),
    beside: someOf(BESIDE),
    quick: flag,
    threads: wholeNumber({ least: 1, usual: availableParallelism() }),
  });
  return {
    ...options,
    clip: existing('clip', clip),
    model: existing('model', model),
    contenders: only.map((name) => CONTENDERS[name]!),
  };
}

function existing(option: string, file: string): string {
  const path = resolve(file);
  if (!existsSync(path)) throw new OptionError(`there is no ${path}: name a ${option} with --${option} FILE`);
  return path;
}

/** Those that can run here; a note for each that cannot. */
async function prepared(contenders: readonly Contender[], task: Task, notes: string[]): Promise<Contender[]> {
  const ready: Contender[] = [];
  for (const contender of contenders) {
    try {
      await contender.prepare(task);
      ready.push(contender);
    } catch (error) {
      notes.push(`${contender.name} left out: ${explain(error)}`);
    }
  }
  return ready;
}
