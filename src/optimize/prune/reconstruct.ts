import type { Graph, Node } from '../../onnx/graph.js';
import { copyModel, type Model } from '../../onnx/model.js';
import { float32Tensor } from '../../onnx/tensor.js';
import { removeDead } from '../../onnx/topology.js';
import type { ModelInputs } from '../../pictures/model-inputs.js';
import { GraphSession } from '../graph-session.js';
import { solveRidge } from './least-squares.js';
import { type LinearMap, linearMapOf, rowsOfWeights, weightsOfRows } from './linear-map.js';
import { ProductAdder } from './product-sums.js';
import type { PlaceWeights } from './salience.js';
import { PARENT, PRUNED, sideBySide } from './side-by-side.js';

type Shapes = ReadonlyMap<string, readonly number[]>;

export interface Reconstruction {
  readonly parent: Model;
  readonly parentShapes: Shapes;
  /** With channels cut out; values have the names of the parent's. */
  readonly pruned: Model;
  readonly prunedShapes: Shapes;
  /** Places along axis 1 of a value of the parent's that the pruned model kept; null: all. */
  kept(value: string): readonly number[] | null;
  readonly inputs: ModelInputs;
  /** Of the places of a layer's output. */
  readonly weights: PlaceWeights;
  onProgress?: ((done: number, total: number, what: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Samples per unknown: more change little, and the work grows with them. */
const SAMPLES_PER_UNKNOWN = 24;
const SAMPLES_PER_FRAME = 48;
/** Share of the inputs' mean variance: keeps weights near the parent's where the frames say nothing. */
const RIDGE = 1e-3;
/** Elements of all sums of a pass, at most: 8 bytes each, and 4 in the answer of ONNX Runtime. */
const ELEMENTS_PER_PASS = 12e6;

/**
 * Gives every layer that now reads other channels the weights and bias with which it comes nearest, on the frames, to
 * what it gave in the parent: least squares, from the first layer to the last, each on what the layers before it really
 * give (He, Zhang and Sun, "Channel pruning for accelerating very deep neural networks", 2017).
 *
 * @returns the pruned model with those weights
 */
export async function reconstruct(task: Reconstruction): Promise<Model> {
  const model = copyModel(task.pruned);
  const passes = passesOf(task);
  const total = passes.length * task.inputs.count;
  for (const [index, nodes] of passes.entries()) {
    const maps = nodes.map((node) => linearMapOf(node, model.graph, task.prunedShapes)!);
    const adders: ProductAdder[] = [];
    try {
      for (const map of maps) adders.push(await openAdder(map, task));
      await addFrames(task, model, maps, adders, (frame) =>
        task.onProgress?.(index * task.inputs.count + frame, total, maps.map(({ node }) => node.name).join(', ')),
      );
      for (const [i, map] of maps.entries()) solve(model.graph, map, adders[i]!);
    } finally {
      for (const adder of adders) await adder.close();
    }
  }
  removeDead(model.graph);
  return model;
}

function openAdder(map: LinearMap, task: Reconstruction): Promise<ProductAdder> {
  const to = task.parentShapes.get(map.node.outputs[0]!)!;
  const kept = task.kept(map.node.outputs[0]!) ?? [...Array(to[1]!).keys()];
  const samples = Math.max(SAMPLES_PER_FRAME, Math.ceil((SAMPLES_PER_UNKNOWN * map.unknowns) / task.inputs.count));
  return ProductAdder.open(map, { from: task.prunedShapes.get(map.node.inputs[0]!)!, to, kept }, samples);
}

async function addFrames(
  task: Reconstruction,
  model: Model,
  maps: readonly LinearMap[],
  adders: readonly ProductAdder[],
  done: (frames: number) => void,
): Promise<void> {
  const reads = maps.map(({ node }) => node.inputs[0]!);
  const gives = maps.map(({ node }) => node.outputs[0]!);
  const session = await GraphSession.open(sideBySide(task.parent, new Set(gives), model, new Set(reads)));
  try {
    for (let frame = 0; frame < task.inputs.count; frame++) {
      task.signal?.throwIfAborted();
      const values = await session.run(await task.inputs.read(frame));
      for (const [i, adder] of adders.entries()) {
        const to = values.get(PARENT + gives[i]!)!;
        await adder.add(values.get(PRUNED + reads[i]!)!, to, task.weights(frame, to.dims));
      }
      done(frame + 1);
    }
  } finally {
    await session.close();
  }
}

function solve(graph: Graph, map: LinearMap, { sums }: ProductAdder): void {
  const { node, groups, outputs, unknowns } = map;
  const prior = rowsOfWeights(map, graph);
  const rows = new Float64Array(prior.length);
  const constants = new Float64Array(outputs);
  const each = outputs / groups;
  const width = unknowns + 1;
  for (let group = 0; group < groups; group++) {
    const solved = solveRidge(
      sums.gram.subarray(group * width * width, (group + 1) * width * width),
      sums.cross.subarray(group * each * width, (group + 1) * each * width),
      prior.subarray(group * each * unknowns, (group + 1) * each * unknowns),
      RIDGE,
    );
    rows.set(solved.weights, group * each * unknowns);
    constants.set(solved.constants, group * each);
  }
  const weights = graph.freshName(`${node.inputs[1]}/reconstructed`);
  graph.setInitializer(weights, weightsOfRows(map, rows, graph.constant(node.inputs[1]!)!.dims));
  const bias = graph.freshName(`${node.name}/bias/reconstructed`);
  graph.setInitializer(bias, float32Tensor([outputs], constants));
  graph.replace(node, { ...node, inputs: [node.inputs[0]!, weights, bias] });
}

/** Layers in the order in which they can be solved; those of a pass do not depend on each other. */
function passesOf({ parent, pruned, prunedShapes }: Reconstruction): Node[][] {
  const unchanged = new Set(parent.graph.nodes);
  const depths = new Map<string, number>();
  const touched = new Set<string>();
  const passes: Node[][] = [];
  const elements: number[] = [];
  for (const node of pruned.graph.nodes) {
    const changed = node.inputs.some((input) => touched.has(input));
    const map = changed && touched.has(node.inputs[0]!) ? linearMapOf(node, pruned.graph, prunedShapes) : null;
    let depth = Math.max(0, ...node.inputs.map((input) => depths.get(input) ?? 0));
    if (map) {
      const size = map.groups * (map.unknowns + 1) ** 2;
      while ((elements[depth] ?? 0) > 0 && elements[depth]! + size > ELEMENTS_PER_PASS) depth++;
      elements[depth] = (elements[depth] ?? 0) + size;
      (passes[depth] ??= []).push(node);
      depth++;
    }
    for (const output of node.outputs) {
      depths.set(output, depth);
      if (changed || !unchanged.has(node)) touched.add(output);
    }
  }
  return passes.filter((nodes) => nodes !== undefined);
}
