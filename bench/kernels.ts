import { Letterbox } from '../src/detect/letterbox.js';
import { blockState } from '../src/kernels/block-state.js';
import { compiledBlockSums } from '../src/kernels/block-sums.js';
import { type BlockWork, compiledBlockWork, PLAIN_BLOCK_WORK } from '../src/kernels/block-work.js';
import { type Kernels, kernels } from '../src/kernels/kernels.js';
import type { LightChange } from '../src/kernels/light-change.js';
import { CompiledLightFit } from '../src/kernels/light-fit.js';
import type { LumaPlane } from '../src/kernels/luma-plane.js';
import { plainBlockSums } from '../src/kernels/plain/block-sums.js';
import { PlainLightFit } from '../src/kernels/plain/light-fit.js';
import { plainResize } from '../src/kernels/plain/resize.js';
import { plainYuvResize } from '../src/kernels/plain/resize-yuv.js';
import { compiledResize } from '../src/kernels/resize.js';
import { compiledYuvResize } from '../src/kernels/resize-yuv.js';
import {
  FACT,
  PARTS_OF_PIXEL,
  type TemplateBlock,
  type TemplatePlace,
  templateBlock,
} from '../src/kernels/template-block.js';
import { compiledTemplateWork, PLAIN_TEMPLATE_WORK } from '../src/kernels/template-work.js';
import { YUV_COLOURS, yuvBytes } from '../src/kernels/yuv-colour.js';
import { flag, OptionError, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- kernels [--rounds 15] [--quick]

Work on pixels by the compiled kernels (WebAssembly with vectors) against plain TypeScript, in turns in the same process, and
whether both give the same bytes. --quick: 5 rounds.
`;

/** Sizes of cameras' pictures, into the input of the shipped models. */
const SIZES = [
  [640, 360],
  [640, 480],
  [352, 288],
  [1280, 720],
] as const;
const INPUT = [416, 256] as const;
/** How much faster a kernel is at the least, or it is not worth having. */
const LEAST = 2;
/** Processor time of one round of one contender, ms. */
const ROUND_MS = 60;

/** Times each kernel and its reference. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 15, quick: 5 }),
    quick: flag,
  });
  const { compiled, reason } = kernels();
  if (compiled === null) throw new OptionError(`there are no compiled kernels here: ${reason}`);
  const rows = SIZES.flatMap(([width, height]) =>
    tasksOf(width, height, compiled).map((task) => rowOf(task, compiled, rounds)),
  );
  return {
    name: 'kernels',
    rows,
    goals: rows.flatMap(({ kernel, size, times, identical }) => [
      { name: `${kernel} ${size}: times as fast`, value: times, goal: `>= ${LEAST}`, met: times >= LEAST },
      { name: `${kernel} ${size}: the same bytes`, value: identical ? 1 : 0, goal: '1', met: identical },
    ]),
    notes: [
      `${rounds} rounds. inPlaceMs: the picture lies in the memory of the kernels; elsewhere it is copied in, which compiledMs has. Templates are looked for in place only.`,
    ],
  };
}

interface KernelRow extends Row {
  readonly kernel: string;
  readonly size: string;
  readonly plainMs: number;
  readonly compiledMs: number | null;
  readonly inPlaceMs: number;
  readonly times: number;
  readonly spread: number;
  readonly identical: boolean;
}

/** A kernel and its reference on one picture; what both write. */
interface Task {
  readonly kernel: string;
  readonly size: string;
  /** Bytes of the picture, and of what comes of it. */
  readonly bytes: number;
  readonly outBytes: number;
  readonly plain: (picture: Uint8Array, out: Uint8Array) => void;
  readonly fast: (picture: Uint8Array, out: Uint8Array) => void;
  /** What lies elsewhere is not copied, but done in TypeScript. */
  readonly inPlaceOnly?: true;
}

function tasksOf(width: number, height: number, compiled: Kernels): Task[] {
  const [inputWidth, inputHeight] = INPUT;
  const { plan } = new Letterbox(width, height, inputWidth, inputHeight);
  if (plan === null) throw new Error(`${width}x${height} is not resized`);
  const size = `${width}x${height}`;
  const outBytes = inputWidth * inputHeight * 3;
  const colour = YUV_COLOURS['i420-bt601'];
  const grid = { width, height, columnEnds: ends(width, 64), rowEnds: ends(height, 36) };
  const sums = compiledBlockSums(grid, compiled);
  const numbers = (out: Uint8Array) => new Int32Array(out.buffer, out.byteOffset, out.length / 4);
  return [
    {
      ...{ kernel: 'letterbox', size, bytes: width * height * 3, outBytes },
      ...{ plain: plainResize(plan), fast: compiledResize(plan, compiled) },
    },
    {
      ...{ kernel: 'letterbox of I420', size, bytes: yuvBytes(width, height), outBytes },
      ...{ plain: plainYuvResize(plan, colour), fast: compiledYuvResize(plan, colour, compiled) },
    },
    {
      ...{ kernel: 'signature', size, bytes: width * height, outBytes: 64 * 36 * 4 },
      plain: (plane, out) => plainBlockSums(grid, plane, numbers(out)),
      fast: (plane, out) => sums(plane, numbers(out)),
    },
    lightTask(size, compiled),
    ...blockTasks(size, compiled),
    ...templateTasks(width, height, compiled),
  ];
}

/** Clouds over the blocks of a signature. */
function lightTask(size: string, compiled: Kernels): Task {
  const from = Float32Array.from({ length: 64 * 36 }, (_, i) => 20 + ((i * 7919) % 2000) / 10);
  const to = from.map((level, i) => level * 0.9 + 12 + ((i * 104_729) % 50) / 10);
  const skip = Uint8Array.from(from, (_, i) => (i % 9 === 0 ? 1 : 0));
  const [plain, fast] = [new PlainLightFit(), new CompiledLightFit(compiled)];
  const told = (out: Uint8Array, fit: LightChange): void => {
    fit.fit(from, to, skip);
    new Float64Array(out.buffer, out.byteOffset, 2).set([fit.gain, fit.offset]);
  };
  return {
    ...{ kernel: 'light of blocks', size, bytes: 1, outBytes: 16 },
    ...{ plain: (_, out) => told(out, plain), fast: (_, out) => told(out, fast) },
  };
}

/** A quiet road with some vehicles: what differs, and what is learned where none is. */
function blockTasks(size: string, compiled: Kernels): Task[] {
  const [own, theirs] = [blockState(64 * 36, 64, null), blockState(64 * 36, 64, compiled)];
  for (const { noise, factor, levels, usual, known } of [own, theirs]) {
    noise.fill(0.5);
    factor.fill(1);
    levels.fill(4);
    known.fill(1);
    for (let i = 0; i < usual.length; i++) usual[i] = 40 + ((i * 7919) % 1500) / 10;
  }
  const masked = new Uint8Array(64 * 36);
  const luma = own.usual.map(
    (level, i) => level + ((i % 64) % 16 < 3 && i % 640 < 128 ? 40 : ((i * 104_729) % 20) / 20),
  );
  const follows = Uint8Array.from(luma, (level, i) => (Math.abs(level - own.usual[i]!) < 4 ? 1 : 0));
  const light = { gain: 1, offset: 0 };
  const beyond = new Int32Array(64 * 36);
  const compared = (work: BlockWork, state: typeof own, out: Uint8Array): void => {
    work.compare(state, { from: state.usual, to: luma, known: state.known, masked, mayBeOther: true }, light, out);
  };
  const learned = (work: BlockWork, state: typeof own, out: Uint8Array): void => {
    work.follow(state, { luma, follows, sees: true, share: 0, kept: 1 }, light, beyond);
    new Float32Array(out.buffer, out.byteOffset, 64 * 36).set(state.before);
  };
  const fast = compiledBlockWork(compiled);
  return [
    {
      ...{ kernel: 'blocks compared', size, bytes: 1, outBytes: 64 * 36 },
      ...{ plain: (_, out) => compared(PLAIN_BLOCK_WORK, own, out), fast: (_, out) => compared(fast, theirs, out) },
    },
    {
      ...{ kernel: 'blocks learned', size, bytes: 1, outBytes: 64 * 36 * 4 },
      ...{ plain: (_, out) => learned(PLAIN_BLOCK_WORK, own, out), fast: (_, out) => learned(fast, theirs, out) },
    },
  ];
}

/** A vehicle of a tenth of the picture's width, found again near where it was and, having moved far, on a grid. */
function templateTasks(width: number, height: number, compiled: Kernels): Task[] {
  const work = compiledTemplateWork(compiled);
  const block = exampleBlock(width / 10);
  const points = { count: 64, table: new Int32Array(192), energy: 1e5, lookSum: 4e4, lookUnit: 1 / 8 };
  for (let k = 0; k < 64; k++) {
    points.table.set([block.dx[k * 3]!], k);
    points.table.set([block.dy[k * 3]!], 64 + k);
    points.table.set([block.look[k * 3]!], 128 + k);
  }
  const from = { x: width * 0.4, y: height * 0.6, scale: 1.1 };
  const places = { ...from, rangeX: 20, rangeY: 12, step: 2 };
  const plane = (data: Uint8Array): LumaPlane => ({ width, height, data, first: 0, step: 1 });
  const told = (out: Uint8Array, { x, y, scale, correlation }: TemplatePlace): void =>
    new Float64Array(out.buffer, out.byteOffset, 4).set([x, y, scale, correlation]);
  const common = { size: `${width}x${height}`, bytes: width * height, outBytes: 32, inPlaceOnly: true } as const;
  return [
    {
      ...{ kernel: 'template aligned', ...common },
      plain: (data, out) => told(out, PLAIN_TEMPLATE_WORK.align(plane(data), 1, block, from)),
      fast: (data, out) => told(out, work.align(plane(data), 1, block, from)),
    },
    {
      ...{ kernel: 'template searched', ...common },
      plain: (data, out) => told(out, PLAIN_TEMPLATE_WORK.search(plane(data), 1, points, places)),
      fast: (data, out) => told(out, work.search(plane(data), 1, points, places)),
    },
  ];
}

/** Of 14 x 14 points. @param side pixels */
function exampleBlock(side: number): TemplateBlock {
  const block = templateBlock(196);
  for (let k = 0; k < 196; k++) {
    block.dx[k] = ((k % 14) / 13 - 0.5) * side * PARTS_OF_PIXEL;
    block.dy[k] = (Math.floor(k / 14) / 13 - 0.5) * side * PARTS_OF_PIXEL;
    block.look[k] = (k * 7919) % 2040;
    for (let c = 0; c < 3; c++) block.slopes[c * block.count + k] = ((k * 104_729 + c) % 8190) - 4095;
  }
  // no step is so short that the alignment ends with it
  block.facts.set([1e6, 1, 0, 0, 1, 0, 1e-9, 1e-3, 1e-3, 1e-3], FACT.energy);
  block.facts[FACT.limit] = side / 4;
  return block;
}

const ends = (pixels: number, parts: number): Int32Array =>
  Int32Array.from({ length: parts }, (_, i) => Math.floor(((i + 1) * pixels) / parts));

function rowOf(
  { kernel, size, bytes, outBytes, plain, fast, inPlaceOnly }: Task,
  compiled: Kernels,
  rounds: number,
): KernelRow {
  const picture = Uint8Array.from({ length: bytes }, (_, i) => (i * 7919) ^ (i >> 5));
  const inPlace = compiled.memory.allocate(bytes);
  const inPlaceOut = compiled.memory.allocate(outBytes);
  if (inPlace === null || inPlaceOut === null) throw new Error('the memory of the kernels is full');
  inPlace.set(picture);
  inPlaceOut.fill(0);
  const [plainOut, compiledOut] = [new Uint8Array(outBytes), new Uint8Array(outBytes)];
  const works = [() => plain(picture, plainOut), () => fast(picture, compiledOut), () => fast(inPlace, inPlaceOut)];
  const [plainMs, compiledMs, inPlaceMs] = timed(works, rounds) as [number[], number[], number[]];
  const ratios = plainMs.map((ms, i) => ms / (inPlaceOnly ? inPlaceMs : compiledMs)[i]!);
  const identical = [compiledOut, inPlaceOut].every((out) => Buffer.compare(out, plainOut) === 0);
  compiled.memory.free(inPlace);
  compiled.memory.free(inPlaceOut);
  return {
    kernel,
    size,
    plainMs: round(median(plainMs)),
    compiledMs: inPlaceOnly ? null : round(median(compiledMs)),
    inPlaceMs: round(median(inPlaceMs)),
    times: round(median(ratios)),
    spread: round((Math.max(...ratios) - Math.min(...ratios)) / median(ratios)),
    identical,
  };
}

/** ms of processor time per call of each, in turns: a slow moment of the machine meets all. The first turn lets the compilers do their work. */
function timed(works: readonly (() => void)[], rounds: number): number[][] {
  const taken = works.map((): number[] => []);
  for (let turn = -1; turn < rounds; turn++) {
    for (const [i, work] of works.entries()) {
      const began = process.cpuUsage();
      let calls = 0;
      let ms = 0;
      while (ms < ROUND_MS) {
        work();
        calls++;
        const { user, system } = process.cpuUsage(began);
        ms = (user + system) / 1000;
      }
      if (turn >= 0) taken[i]!.push(ms / calls);
    }
  }
  return taken;
}
