import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { findFfmpeg } from '../src/capture/ffmpeg-binary.js';
import { explain } from '../src/foundation/errors.js';
import { OptionError, place, readOptions, someOf, wholeNumber } from './harness/options.js';
import type { BenchReport } from './harness/report.js';
import { answeredShare } from './harness/results.js';
import { median, round } from './harness/statistics.js';
import { agreement } from './peers/agreement.js';
import { clipInfo } from './peers/clip-size.js';
import type { Contender, Task } from './peers/contender.js';
import { goals, type Row } from './peers/goals.js';
import { type Measured, measure } from './peers/measure.js';
import { naive, transformers } from './peers/node-scripts.js';
import { opencv } from './peers/opencv.js';
import { ours } from './peers/ours.js';

const CONTENDERS: Readonly<Record<string, Contender>> = { naive, transformers, opencv, ours };

const USAGE = `npm run -s bench -- peers [options]

The same clip and the same model (YOLOX-nano), every frame inferred, in four programs. docs/benchmarks.md says more.

  --clip FILE     the video (default ../shared/clips/german_junction_360.mp4)
  --model FILE    YOLOX-nano for 416x416 (default ../shared/models/yolox_nano_416x416.onnx)
  --frames N      frames of the clip (default 400)
  --rounds R      times that every contender runs, in turn; medians are reported (default 3)
  --only NAMES    some of ${Object.keys(CONTENDERS).join(',')}
  --threads N     threads inside an operator for our session (default: one per core, as the rivals' libraries choose)
`;

interface Round {
  readonly fast: Measured;
  readonly paced: Measured;
  readonly agreement: number | null;
}

/** Frames per second, latency, CPU, memory and boxes of this program beside those of its rivals. */
export async function run(args: string[]): Promise<BenchReport> {
  const options = parse(args);
  const scratch = mkdtempSync(join(tmpdir(), 'edge-peers-'));
  process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130)); // the exit handlers end the contender's processes
  const { path: ffmpeg, version } = await findFfmpeg({ env: process.env });
  const clip = clipInfo(ffmpeg, options.clip);
  const task: Task = { ...options, ...clip, ffmpeg, scratch };
  const notes = [
    `${basename(task.clip)}: ${clip.width}x${clip.height} at ${clip.fps} frames/s, ${task.frames} frames, ${options.rounds} rounds; ${version}`,
  ];
  const taking = await prepared(options.contenders, task, notes);
  const rounds = await compete(taking, task, options.rounds, notes);
  const rows = taking.flatMap((contender) => {
    const measured = rounds.get(contender) ?? [];
    return measured.length > 0 ? [rowOf(contender.name, measured)] : [];
  });
  const mine = rows.find(({ contender }) => contender === ours.name);
  const rivals = rows.filter((row) => row !== mine);
  return { name: 'peers', rows: rows.map((row) => ({ ...row })), goals: goals(mine, rivals), notes };
}

function parse(args: string[]) {
  const { clip, model, only, ...options } = readOptions(args, USAGE, {
    clip: place('../shared/clips/german_junction_360.mp4'),
    model: place('../shared/models/yolox_nano_416x416.onnx'),
    frames: wholeNumber({ least: 10, usual: 400 }),
    rounds: wholeNumber({ least: 1, usual: 3 }),
    only: someOf(Object.keys(CONTENDERS)),
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

/** Rounds of all contenders in turn, so that a slow minute of the machine meets each of them. */
async function compete(contenders: readonly Contender[], task: Task, times: number, notes: string[]) {
  const rounds = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
  for (let i = 0; i < times; i++) {
    let reference: Measured | null = null;
    for (const contender of contenders) {
      process.stderr.write(`round ${i + 1} of ${times}: ${contender.name}\n`);
      try {
        const fast = await measure(contender, task, 'fast');
        const paced = await measure(contender, task, 'realtime');
        if (contender === naive) reference = fast;
        const agreed = reference && agreement(reference.lines, fast.lines);
        rounds.get(contender)!.push({ fast, paced, agreement: agreed });
      } catch (error) {
        notes.push(`${contender.name} failed in round ${i + 1}: ${explain(error)}`);
      }
    }
  }
  return rounds;
}

function rowOf(contender: string, rounds: readonly Round[]): Row {
  const middle = (read: (round: Round) => number | null, unit = 1): number | null => {
    const numbers = rounds.map(read).filter((value) => value !== null);
    return numbers.length === 0 ? null : round(median(numbers) / unit);
  };
  const larger = (a: number | null, b: number | null) => (a === null || b === null ? (a ?? b) : Math.max(a, b));
  return {
    contender,
    fps: middle(({ fast }) => fast.fps),
    p50Ms: middle(({ paced }) => paced.p50Ms),
    p95Ms: middle(({ paced }) => paced.p95Ms),
    cpuPer1000: middle(({ fast }) => fast.cpuPer1000),
    peakRssMiB: middle(({ fast, paced }) => larger(fast.peakRss, paced.peakRss), 2 ** 20),
    agreement: middle((one) => one.agreement),
    peakPssMiB: middle(({ fast, paced }) => larger(fast.peakPss, paced.peakPss), 2 ** 20),
    fastP50Ms: middle(({ fast }) => fast.p50Ms),
    fastP95Ms: middle(({ fast }) => fast.p95Ms),
    pacedCpuPer1000: middle(({ paced }) => paced.cpuPer1000),
    fpsSpread: spread(rounds.map(({ fast }) => fast.fps)),
    pacedFps: middle(({ paced }) => paced.fps),
    pacedAnswered: middle(({ paced }) => answeredShare(paced.lines)),
    messagesPerFrame: middle(({ paced }) => (paced.lines.length > 0 ? paced.messages / paced.lines.length : null)),
  };
}

function spread(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  return numbers.length === 0 ? null : round((Math.max(...numbers) - Math.min(...numbers)) / median(numbers));
}
