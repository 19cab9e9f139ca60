import type { Family } from '../../detect/detector.js';
import { copyModel, type Model, opsetOf } from '../../onnx/model.js';
import { Refusal } from '../../onnx/refusal.js';
import { float32Tensor, int64Tensor } from '../../onnx/tensor.js';
import { removeDead, sortTopologically } from '../../onnx/topology.js';
import { type Anchors, anchorsOf } from './anchors.js';
import { asIntAttribute, GraphWriter } from './graph-writer.js';

const PASS = 'reduce output';
/** The first that has GatherElements. */
const LEAST_OPSET = 11;
/** NMS in the graph looks at nothing weaker: what nobody reports or tracks need not be compared. */
const LEAST_SCORE = 0.01;

export interface ReducedOutput {
  readonly family: Family;
  /** How many the model has. */
  readonly classes: number;
  readonly output: 'candidates' | 'boxes';
  /** Rows per picture, the strongest; fewer where a picture has fewer anchors. */
  readonly top: number;
  /** Of `boxes`: overlap above which the weaker box of a class goes. Default 0.6. */
  readonly iou?: number;
  /** Of `boxes`: weaker ones do not come out. Default 0.01. */
  readonly minScore?: number;
}

/**
 * Gives a model one output `[batch, K, 6]`: x1, y1, x2, y2 in pixels of the input, score, class index of the `top`
 * anchors whose best class is strongest; with `boxes`, after class-aware NMS in the graph, where suppressed rows have
 * score 0. As the decoders do, an anchor counts for its best class of all, reported or not, so that thresholds give the
 * same boxes as on the raw output, as long as no more than `top` anchors reach them.
 *
 * @throws Refusal where the raw output is not understood, or is boxes already
 */
export function reduceOutput(model: Model, how: ReducedOutput): { model: Model; notes: readonly string[] } {
  const copy = copyModel(model);
  const { graph } = copy;
  const opset = opsetOf(copy);
  if (opset < LEAST_OPSET) throw new Refusal(PASS, `operators of version ${opset}, expected ${LEAST_OPSET} or later`);
  const writer = new GraphWriter(graph, 'reduced_output');
  const anchors = anchorsOf(copy, writer, how.family, how.classes);
  const rows = anchors.count === null ? how.top : Math.min(how.top, anchors.count);
  const count = rowsPerPicture(writer, anchors, rows, opset);
  const top = writer.nodes('TopK', [anchors.strengths, count], 2, { axis: asIntAttribute(1) });
  const [strengths = '', index = ''] = top.outputs;
  const { boxes, classes } = anchors.pick(index);
  const scores = anchors.scores(strengths);
  const suppressing = how.output === 'boxes' && anchors.overlapping;
  const kept = suppressing ? suppressed(writer, boxes, scores, classes, how) : scores;
  const standing = writer.node('Reshape', [kept, writer.constant('standing', int64Tensor([0, -1, 1]))]);
  const name = graph.freshName(how.output);
  writer.node('Concat', [boxes, standing, classes], { axis: asIntAttribute(2) }, name);
  const batch = graph.inputs[0]!.dims![0]!;
  graph.outputs = [{ name, type: 'float32', dims: [batch, anchors.count === null ? 'rows' : rows, 6] }];
  removeDead(graph);
  sortTopologically(graph);
  const nms = suppressing ? `, NMS at ${how.iou ?? DEFAULT_IOU} in the graph` : '';
  return { model: copy, notes: [`the ${rows} strongest anchors of a picture${nms}`] };
}

const DEFAULT_IOU = 0.6;

/** Where the size is dynamic, a small picture may have fewer anchors than rows are wanted. */
function rowsPerPicture(writer: GraphWriter, anchors: Anchors, top: number, opset: number): string {
  const wanted = writer.constant('top', int64Tensor([top]));
  if (anchors.count !== null) return wanted;
  const one = writer.constant('one', int64Tensor([1]));
  const two = writer.constant('two', int64Tensor([2]));
  const count = writer.node('Slice', [writer.node('Shape', [anchors.strengths]), one, two]);
  if (opset >= 12) return writer.node('Min', [wanted, count]);
  const smaller = writer.node('Less', [count, wanted]);
  return writer.node('Where', [smaller, count, wanted]);
}

/**
 * Class-aware NMS, picture by picture.
 * @returns scores `[batch, K]`, 0 for what is suppressed
 */
function suppressed(
  writer: GraphWriter,
  boxes: string,
  scores: string,
  classes: string,
  { classes: count, top, iou = DEFAULT_IOU, minScore = LEAST_SCORE }: ReducedOutput,
): string {
  const lying = writer.constant('lying', int64Tensor([0, 1, -1]));
  const names = writer.constant(
    'classes',
    float32Tensor(
      [1, count, 1],
      Float32Array.from({ length: count }, (_, c) => c),
    ),
  );
  const own = writer.node('Equal', [writer.node('Reshape', [classes, lying]), names]);
  const none = writer.constant('none', float32Tensor([], [0]));
  const perClass = writer.node('Where', [own, writer.node('Reshape', [scores, lying]), none]);
  const most = writer.constant('most', int64Tensor([top]));
  const limits = [iou, minScore].map((limit) => writer.constant('limit', float32Tensor([1], [limit])));
  const chosen = writer.node('NonMaxSuppression', [boxes, perClass, most, ...limits]);
  const pictureAndRow = writer.node('Gather', [chosen, writer.constant('columns', int64Tensor([0, 2]))], {
    axis: asIntAttribute(1),
  });
  const nothing = writer.node('Mul', [scores, none]);
  return writer.node('ScatterND', [nothing, pictureAndRow, writer.node('GatherND', [scores, pictureAndRow])]);
}
