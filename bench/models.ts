import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { explain } from '../src/foundation/errors.js';
import { splitForWorkshop } from '../src/optimize/workshop/frame-parts.js';
import type { FrameSet, Picture } from '../src/pictures/frame-set.js';
import { scratchFolder } from './harness/ending.js';
import type { BenchReport } from './harness/report.js';
import { boxesOn } from './models/accuracy.js';
import { noiseBetween } from './models/against-peer.js';
import type { Contender } from './models/contender.js';
import { bestPeer, type GpuResult, goals, type PeerNoise, prunedNote, type Result } from './models/goals.js';
import { GPU_BATCH, GPU_PROVIDERS, measureOnGpu } from './models/gpu.js';
import { type Measured, measureGroup } from './models/group.js';
import { KeptModels } from './models/kept-models.js';
import { type Options, parseOptions, YOLOX } from './models/options.js';
import { findPython, type Python, quantizeByPeer } from './models/peer.js';
import { picturesOf, roadFrames } from './models/pictures.js';
import { gpuRowOf, type Row, resultOf, rowOf } from './models/rows.js';
import { type BesideWorkshop, serveBesideWorkshop, servingGoal, servingRows } from './models/serving.js';
import { registered, type Subject, yolox } from './models/subject.js';
import { shippedContenders, Variants } from './models/variants.js';

/** Frames that the speed is measured on. */
const ROAD_FRAMES = 16;

/** What all models have in common. */
interface Bench {
  readonly options: Options;
  readonly scratch: string;
  readonly notes: string[];
  readonly calibration: FrameSet;
  readonly evaluation: FrameSet;
  readonly road: readonly Picture[];
  /** null: there is none, or it is not wanted. */
  readonly python: Python | null;
  readonly rows: Row[];
  readonly results: Result[];
  readonly noise: PeerNoise[];
  readonly onGpu: GpuResult[];
  /** Providers that are not at hand. */
  readonly absent: Set<string>;
}

/** Speed and accuracy of every variant, of its fp32 parent's. */
export async function run(args: string[]): Promise<BenchReport> {
  const options = parseOptions(args);
  const scratch = scratchFolder('models');
  const notes: string[] = [];
  const gather = (option: 'calibration' | 'eval') =>
    picturesOf(options[option], { option, most: options.pictures, scratch, notes });
  const calibration = await gather('calibration');
  const evaluation = await gather('eval');
  notes.push(`speed: ${options.rounds} rounds on ${ROAD_FRAMES} frames of sim://road, 640x360, one thread`);
  const python = options.only.includes('peer') ? await pythonOf(options.python, notes) : null;
  const road = roadFrames(ROAD_FRAMES);
  const measured = { rows: [], results: [], noise: [], onGpu: [], absent: new Set<string>() };
  const bench: Bench = { options, scratch, notes, calibration, evaluation, road, python, ...measured };
  // all of them first: a wrong name should not show after the others' minutes
  const subjects: Subject[] = [];
  for (const name of options.models) subjects.push(...(await subjectsOf(name, bench)));
  for (const subject of subjects) {
    await measureModel(subject, bench).catch((error: unknown) => {
      notes.push(`${subject.name} left out: ${explain(error)}`);
    });
  }
  const serving = options.only.includes('serving') ? await servingOf(bench) : null;
  const { rows, results } = bench;
  for (const name of options.models) {
    const note = prunedNote(name, results);
    if (note) notes.push(note);
  }
  const promises = options.only.includes('serving') ? [servingGoal(serving)] : [];
  return { name: 'models', rows, goals: [...goals(options.models, bench), ...promises], notes };
}

/** Whether the workshop takes frames from a runtime beside it; null, with a note, where that could not be measured. */
async function servingOf({ options, scratch, rows, notes }: Bench): Promise<BesideWorkshop | null> {
  process.stderr.write('serving beside models optimize\n');
  try {
    const serving = await serveBesideWorkshop(options.calibration, scratch);
    rows.push(...servingRows(serving));
    if (!serving.throughout) notes.push('models optimize was done before the runtime beside it: nothing is concluded');
    return serving;
  } catch (error) {
    notes.push(`serving beside models optimize left out: ${explain(error)}`);
    return null;
  }
}

async function pythonOf(given: string | null, notes: string[]): Promise<Python | null> {
  try {
    const python = await findPython(given);
    notes.push(`peer: ${python.versions}; QDQ, weights per channel, activations u8, after its own pre-processing`);
    return python;
  } catch (error) {
    notes.push(`ONNX Runtime's quantizer left out: ${explain(error)}`);
    return null;
  }
}

async function measureModel(subject: Subject, bench: Bench): Promise<void> {
  const { name } = subject;
  const { options, notes, rows, results } = bench;
  const say = (what: string) => process.stderr.write(`${name}: ${what}\n`);
  const leaveOut = ({ name: contender }: Contender, reason: string) =>
    notes.push(`${name} ${contender}: left out: ${reason}`);
  const { request, parent: variant } = subject;
  const kind = { name: 'fp32', kind: 'parent', seconds: null, claimed: null } as const;
  const parent: Contender = { ...kind, request, bytes: variant.bytes };
  const variants = variantsOf(subject, bench, say);
  const groups = await contendersOf(subject, variants, bench, say);
  say('accuracy of fp32');
  const boxes = await boxesOn(request, bench.evaluation);
  const speed = { rounds: options.rounds, roundMs: options.roundMs };
  for (const [i, group] of groups.entries()) {
    const measured = await measureGroup(parent, boxes, group, { ...bench, speed, say, leaveOut });
    // the parent is in every group, for comparison, and once in the table
    for (const one of i === 0 ? measured : measured.slice(1)) {
      rows.push(rowOf(name, one.contender, one.speed, one.accuracy));
      results.push(resultOf(name, one.contender, one.speed, one.accuracy));
    }
    if (i === 0) await addNoise(name, measured, bench);
  }
  if (options.only.includes('gpu')) await measureGpus(name, parent, variants, bench, say);
}

/** How much luck is in the comparison with the peer's best. */
async function addNoise(model: string, measured: readonly Measured[], bench: Bench): Promise<void> {
  const peer = bestPeer(bench.results.filter((result) => result.model === model));
  const [parent] = measured;
  const [ours, theirs] = ['int8', peer?.contender].map((name) => measured.find((one) => one.contender.name === name));
  const { ap50, ap5095 } = parent!.accuracy;
  if (!ours || !theirs || !ap50 || !ap5095) return;
  const noise = await noiseBetween(ours.boxes, theirs.boxes, bench.evaluation, parent!.contender.request);
  if (noise) bench.noise.push({ model, ap50: noise.ap50 / ap50, ap5095: noise.ap5095 / ap5095 });
}

/** None, with a note, where the file of a model that is not the project's is not here. */
async function subjectsOf(name: string, { options, notes }: Bench): Promise<Subject[]> {
  if (name !== YOLOX) return [await registered(name)];
  if (existsSync(options.yolox)) return [await yolox(name, options.yolox)];
  notes.push(`${name} left out: there is no ${options.yolox}; name it with --yolox FILE`);
  return [];
}

function variantsOf(subject: Subject, bench: Bench, say: (what: string) => void): Variants {
  const { options, scratch, notes, calibration, evaluation } = bench;
  // the labelled pictures only judge: those to make variants with are split into finding ranges and choosing
  const parts = splitForWorkshop(calibration, evaluation);
  const madeOf = [subject.parent.sha256, subject.parent.id, resolve(options.calibration), `${calibration.count}`];
  const kept = new KeptModels(options.reuse ?? scratch, madeOf);
  return new Variants({ subject, ...parts, kept, scratch, notes, say });
}

/** Groups whose members are measured in turn. */
async function contendersOf(
  subject: Subject,
  variants: Variants,
  bench: Bench,
  say: (what: string) => void,
): Promise<Contender[][]> {
  const { only, ratios } = bench.options;
  const made: Contender[] = [];
  if (only.includes('int8')) made.push(...(await variants.int8()));
  if (only.includes('fused')) made.push(...(await variants.fp32Fused()), ...(await variants.int8Fused()));
  if (only.includes('fp16')) made.push(...(await variants.fp16()));
  if (bench.python) made.push(...(await peersOf(subject, variants, bench.python, bench, say)));
  const pruned: Contender[] = [];
  // pruning is judged on the project's own models
  const prunes = only.includes('pruned') && subject.name !== YOLOX;
  for (const ratio of prunes ? ratios : []) pruned.push(...(await variants.pruned(ratio)));
  const shipped = only.includes('shipped') ? await shippedContenders(subject) : [];
  if (only.includes('shipped') && shipped.length === 0) {
    bench.notes.push(`${subject.name}: no variants besides fp32 are shipped`);
  }
  return [made, ...[pruned, shipped].filter((group) => group.length > 0)];
}

/** The peer sees all pictures that ours is made with. */
async function peersOf(
  subject: Subject,
  variants: Variants,
  python: Python,
  { calibration, options, scratch, notes }: Bench,
  say: (what: string) => void,
): Promise<Contender[]> {
  say(`ONNX Runtime's quantizer: ${options.methods.join(', ')}`);
  try {
    const folder = join(scratch, `peer-${subject.name}`);
    const results = await quantizeByPeer(python, subject, calibration, options.methods, folder);
    return results.flatMap((result) => {
      const name = `peer ${result.method}`;
      if ('file' in result) {
        return [variants.contender(name, 'peer', result.file, { precision: 'int8' }, result.seconds)];
      }
      notes.push(`${subject.name} ${name}: left out: ${result.error}`);
      return [];
    });
  } catch (error) {
    notes.push(`${subject.name} peer: left out: ${explain(error)}`);
    return [];
  }
}

/** The float-in, raw-out path and the fused one at a large batch, on what is at hand. */
async function measureGpus(
  name: string,
  parent: Contender,
  variants: Variants,
  { options, scratch, notes, rows, onGpu, absent }: Bench,
  say: (what: string) => void,
): Promise<void> {
  const half = options.only.includes('fp16') ? await variants.fp16Fused() : [];
  const lanes = [parent, ...(await variants.fp32Fused()), ...half];
  for (const provider of GPU_PROVIDERS.filter((one) => !absent.has(one))) {
    say(`speed on ${provider}`);
    try {
      const speeds = await measureOnGpu(provider, lanes, options.rounds, scratch);
      for (const [i, lane] of lanes.entries()) {
        rows.push(gpuRowOf(name, provider, lane, speeds[i]!, GPU_BATCH));
        if (lane.name === 'fp32-fused') onGpu.push({ model: name, provider, fusedX: speeds[i]!.batchX });
      }
    } catch (error) {
      absent.add(provider);
      notes.push(`${provider} left out: ${explain(error)}`);
    }
  }
}
