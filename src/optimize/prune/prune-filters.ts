import type { Graph } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { inferKnownShapes } from '../../onnx/shapes.js';
import { sortTopologically } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import { chooseFilters, possibleCounts } from './choose-filters.js';
import { cutChannels, keptPlaces } from './cut-channels.js';
import { type FilterGroup, filterGroups } from './filter-groups.js';
import { filterReaders, readersOf } from './filter-readers.js';
import { FILTER_OPS } from './filter-rules.js';
import { followChannels } from './follow-channels.js';
import { type Importance, rank } from './importance.js';
import { makeUp } from './make-up.js';
import { measureCosts } from './measure-costs.js';
import { reconstruct } from './reconstruct.js';
import { placeWeights, salienceOf } from './salience.js';
import { workOf } from './work.js';

export interface PruneOptions {
  /** Share of the removable filters to remove, above 0 and below 1. */
  readonly ratio: number;
  /** Frames to measure and to fit on, of the sizes in `inputDims`. */
  readonly inputs: ModelInputs;
  /** Shape of each input of the model. */
  readonly inputDims: ReadonlyMap<string, readonly number[]>;
  /** Default `residual`: the best of those that were compared. */
  readonly importance?: Importance;
  /** @param what the step, then the layers it is at */
  onProgress?(done: number, total: number, what: string): void;
  readonly signal?: AbortSignal;
}

export interface PrunedModel {
  readonly model: Model;
  /** Layers that have fewer outputs now. */
  readonly removed: readonly { readonly node: string; readonly before: number; readonly after: number }[];
  readonly notes: readonly string[];
}

/** What is left of a layer is a multiple of this: ONNX Runtime computes channels in blocks of 8 or 16. */
const STEP = 8;
/** Share of a layer that must stay: what a layer loses beyond that, nobody gets back without training. */
const LEAST_SHARE = 0.5;

/**
 * Removes filters through the whole graph, without training: ranks the filters of each layer by what the others cannot
 * make up for, measures on frames what it costs the detector's heads to lose them, removes those that cost least per
 * multiplication saved, and fits the layers behind them again on the frames.
 *
 * @throws Refusal where nothing can be removed @throws RangeError for a ratio that is none, or frames of other sizes
 */
export async function pruneFilters(model: Model, options: PruneOptions): Promise<PrunedModel> {
  const { inputs, inputDims, signal, onProgress } = options;
  await checkOptions(options);
  const parent = copyModel(model);
  const { graph } = parent;
  sortTopologically(graph);
  checkWeights(graph);
  const shapes = shapesOf(parent, inputDims);
  const followed = followChannels(graph, shapes);
  const groups = filterGroups(graph, followed);
  const free = removable(groups);
  const heads = headsOf(graph, groups, shapes);

  const step = (what: string) => ({
    signal,
    tell: (done: number, total: number) => onProgress?.(done, total, what),
  });
  const looking = step('where the detector sees something');
  const maps = await salienceOf(parent, heads, shapes, inputs, { signal, onFrame: looking.tell });
  const weights = placeWeights(maps);
  const reading = step('how channels vary');
  const readers = await filterReaders(parent, followed, shapes, inputs, { weights, signal, onFrame: reading.tell });
  const rankings = free.map((group) => {
    signal?.throwIfAborted();
    return rank(group, readersOf(group, readers, followed), followed, graph, options.importance ?? 'residual');
  });
  const counts = new Map(
    rankings.map((ranking) => [ranking, few(possibleCounts(ranking.order.length, STEP, LEAST_SHARE))] as const),
  );
  const measuring = step('what filters are worth');
  const costs = await measureCosts(parent, followed, shapes, readers, counts, heads, inputs, {
    weights,
    signal,
    onCount: measuring.tell,
  });

  const work = workOf(graph, followed, shapes, rankings);
  const chosen = chooseFilters(costs, work, { ratio: options.ratio, step: STEP });
  const removed = new Set([...chosen].flatMap(([{ order }, count]) => order.slice(0, count)));
  if (removed.size === 0)
    throw new Refusal('prune', `ratio ${options.ratio} is too little to remove ${STEP} filters of any layer`);
  const pruned = cutChannels(makeUp(parent, followed, readers, removed), followed, removed, shapes);
  const prunedShapes = shapesOf(pruned, inputDims);
  const fitted = await reconstruct({
    parent,
    parentShapes: shapes,
    pruned,
    prunedShapes,
    inputs,
    weights,
    signal,
    kept: (value) => (followed.lanes.has(value) ? keptPlaces(followed, value, removed) : null),
    onProgress: (done, total, layers) => onProgress?.(done, total, `fitting ${layers}`),
  });
  await checkRuns(fitted, inputs);
  return {
    model: fitted,
    removed: lessFilters(graph, shapes, prunedShapes),
    notes: [...stayed(groups), amountOf(removed.size, free)],
  };
}

async function checkOptions({ ratio, inputs, inputDims }: PruneOptions): Promise<void> {
  if (!(ratio > 0 && ratio < 1)) throw new RangeError(`prune: ratio must be above 0 and below 1, got ${ratio}`);
  if (inputs.count < 1) throw new RangeError('prune: there are no frames to measure on');
  for (const [name, { dims }] of await inputs.read(0)) {
    const wanted = inputDims.get(name);
    if (wanted?.join() !== dims.join()) {
      throw new RangeError(`prune: frames give input ${name} as [${dims}], it was to be [${wanted ?? 'not given'}]`);
    }
  }
}

/** @throws Refusal for weights of other types than float32: there is a parent to prune instead */
function checkWeights(graph: Graph): void {
  for (const node of graph.nodes) {
    const weights = FILTER_OPS.has(node.op) ? graph.constant(node.inputs[1]!) : null;
    if (weights && weights.type !== 'float32') {
      throw new Refusal('prune', `weights are ${weights.type}: prune the float32 model, then convert it`, node);
    }
  }
}

function shapesOf(model: Model, inputDims: ReadonlyMap<string, readonly number[]>): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, known] of inferKnownShapes(model, inputDims)) if (known.dims) shapes.set(name, known.dims);
  return shapes;
}

function removable(groups: readonly FilterGroup[]): FilterGroup[] {
  const free = groups.filter(({ reason }) => reason === null);
  if (free.some(({ channels }) => possibleCounts(channels.length, STEP, LEAST_SHARE).length > 0)) return free;
  const [first] = stayed(groups);
  throw new Refusal('prune', `no layer has filters that can be removed${first ? `; the first: ${first}` : ''}`);
}

/** Values that the outputs are made of: what comes out of the last layers, whose filters must stay. */
function headsOf(
  graph: Graph,
  groups: readonly FilterGroup[],
  shapes: ReadonlyMap<string, readonly number[]>,
): string[] {
  const last = groups.filter(({ reason }) => reason !== null).flatMap(({ producers }) => producers);
  const values = last.length > 0 ? last.map(({ outputs }) => outputs[0]!) : graph.outputs.map(({ name }) => name);
  const heads = values.filter((value) => (shapes.get(value)?.length ?? 0) > 1);
  if (heads.length === 0) throw new Refusal('prune', 'no layer is known by which the loss could be measured');
  return [...new Set(heads)];
}

/** Some of many counts, close together at first. */
function few(counts: readonly number[]): number[] {
  return counts.filter((_, i) => i === counts.length - 1 || Number.isInteger(Math.log2(i + 1)));
}

async function checkRuns(model: Model, inputs: ModelInputs): Promise<void> {
  const session = await GraphSession.open(model);
  try {
    await session.run(await inputs.read(0));
  } finally {
    await session.close();
  }
}

type Shapes = ReadonlyMap<string, readonly number[]>;

function lessFilters(graph: Graph, before: Shapes, after: Shapes): PrunedModel['removed'] {
  return graph.nodes
    .filter(({ op, outputs }) => FILTER_OPS.has(op) && before.has(outputs[0]!) && after.has(outputs[0]!))
    .map(({ name, outputs }) => ({
      node: name,
      before: before.get(outputs[0]!)![1]!,
      after: after.get(outputs[0]!)![1]!,
    }))
    .filter((layer) => layer.after < layer.before);
}

function stayed(groups: readonly FilterGroup[]): string[] {
  return groups.flatMap(({ producers, reason }) => {
    if (reason === null || producers.length === 0) return [];
    return [`${producers.map(({ name, op }) => `${name} (${op})`).join(', ')} keeps its filters: ${reason}`];
  });
}

function amountOf(removed: number, free: readonly FilterGroup[]): string {
  const all = free.reduce((sum, { channels }) => sum + channels.length, 0);
  return `${removed} of ${all} removable filters removed (${((100 * removed) / all).toFixed(1)} %)`;
}
