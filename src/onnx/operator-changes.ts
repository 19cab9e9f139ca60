import type { Conversion } from './conversion.js';
import {
  type Attribute,
  floatAttribute,
  intAttribute,
  intsAttribute,
  makeNode,
  type Node,
  stringAttribute,
} from './graph.js';
import { floatsOf } from './tensor.js';

/** Says a node as the next version of the operators does. */
type Change = (node: Node, conversion: Conversion) => readonly Node[];

/** The largest float32, which Clip of version 6 has for "no bound". */
const UNBOUNDED = 3.4e38;

function without(node: Node, ...names: readonly string[]): Node {
  return { ...node, attributes: new Map([...node.attributes].filter(([name]) => !names.includes(name))) };
}

function withAttribute(node: Node, name: string, value: Attribute): Node {
  return { ...node, attributes: new Map([...node.attributes, [name, value]]) };
}

/** Inputs that are left out at the end are not written. */
function withInputs(node: Node, inputs: readonly string[]): Node {
  return { ...node, inputs: inputs.slice(0, inputs.findLastIndex((input) => input !== '') + 1) };
}

/** A list of integers that was an attribute and becomes an input. */
const listToInput =
  (name: string): Change =>
  (node, conversion) => {
    const list = intsAttribute(node, name, null);
    if (list === null) return [node];
    const input = conversion.integers(`${node.name}_${name}`, list);
    return [withInputs(without(node, name), [node.inputs[0]!, input])];
  };

/** Until version 12 everything from `axis` on was one dimension. */
const flattensItself: Change = (node, conversion) => {
  const axis = intAttribute(node, 'axis', 1);
  const last: Attribute = { type: 'int', value: -1 };
  const input = node.inputs[0]!;
  const output = node.outputs[0]!;
  const rank = conversion.rank(input);
  if (axis === -1 || axis + 1 === rank) return [withAttribute(node, 'axis', last)];
  const flat = conversion.name(`${node.name}_flat`);
  const result = conversion.name(`${node.name}_result`);
  const shape = conversion.name(`${node.name}_shape`);
  return [
    makeNode('Shape', shape, [input], [shape]),
    makeNode('Flatten', flat, [input], [flat], { axis: { type: 'int', value: axis } }),
    { ...withAttribute(node, 'axis', last), inputs: [flat], outputs: [result] },
    makeNode('Reshape', conversion.name(`${node.name}_reshape`), [result, shape], [output]),
  ];
};

const slice: Change = (node, conversion) => {
  const lists = ['starts', 'ends', 'axes'].map((name) => {
    const list = intsAttribute(node, name, null);
    return list ? conversion.integers(`${node.name}_${name}`, list) : '';
  });
  return [withInputs(without(node, 'starts', 'ends', 'axes'), [node.inputs[0]!, ...lists])];
};

const topK: Change = (node, conversion) => {
  const k = conversion.integers(`${node.name}_k`, [intAttribute(node, 'k', 0)]);
  return [withInputs(without(node, 'k'), [node.inputs[0]!, k])];
};

const clip: Change = (node, conversion) => {
  const input = node.inputs[0]!;
  const bound = (name: string, none: number) => {
    const value = floatAttribute(node, name, none);
    return Math.abs(value) >= UNBOUNDED ? '' : conversion.scalar(node, `${node.name}_${name}`, value, input);
  };
  return [withInputs(without(node, 'min', 'max'), [input, bound('min', -UNBOUNDED), bound('max', UNBOUNDED)])];
};

const pad: Change = (node, conversion) => {
  const input = node.inputs[0]!;
  const pads = conversion.integers(`${node.name}_pads`, intsAttribute(node, 'pads', []));
  const value = floatAttribute(node, 'value', 0);
  const filling = value === 0 ? '' : conversion.scalar(node, `${node.name}_value`, value, input);
  return [withInputs(without(node, 'pads', 'value'), [input, pads, filling])];
};

const upsampleScales: Change = (node, conversion) => {
  const scales = node.attributes.get('scales');
  if (scales?.type !== 'floats') throw conversion.refusal('it has no scales', node);
  return [
    { ...without(node, 'scales'), inputs: [node.inputs[0]!, conversion.floats(`${node.name}_scales`, scales.value)] },
  ];
};

/** Resize of version 10 counts from the corners of pixels and rounds down, except where it shrinks. */
const resize: Change = (node, conversion) => {
  const scales = conversion.constant(node.inputs[1]);
  const nearest = stringAttribute(node, 'mode', 'nearest') === 'nearest';
  const rounds = !scales || floatsOf(scales).some((scale) => scale < 1 && !Number.isInteger(1 / scale));
  if (nearest && rounds) throw conversion.refusal('it shrinks to the nearest pixel by no whole factor', node);
  const asymmetric = withAttribute(node, 'coordinate_transformation_mode', { type: 'string', value: 'asymmetric' });
  const region = conversion.floats(`${node.name}_region`, []);
  return [
    {
      ...(nearest ? withAttribute(asymmetric, 'nearest_mode', { type: 'string', value: 'floor' }) : asymmetric),
      inputs: [node.inputs[0]!, region, node.inputs[1]!],
    },
  ];
};

const batchNormalization: Change = (node, conversion) => {
  if (intAttribute(node, 'spatial', 1) !== 1) throw conversion.refusal('it normalises each pixel by itself', node);
  return [without(node, 'spatial')];
};

const batchTraining: Change = (node, conversion) => {
  if ([1, 2, 3, 4].some((output) => conversion.isUsed(node, output))) {
    throw conversion.refusal('it gives the statistics of training', node);
  }
  return [{ ...node, outputs: node.outputs.slice(0, 1) }];
};

const dropoutMask: Change = (node, conversion) => {
  if (conversion.isUsed(node, 1)) throw conversion.refusal('its mask is used', node);
  return [{ ...node, outputs: node.outputs.slice(0, 1) }];
};

const splitEvenly: Change = (node) => {
  if (node.inputs[1]) return [node];
  return [withAttribute(node, 'num_outputs', { type: 'int', value: node.outputs.length })];
};

const gridSample: Change = (node) => {
  const mode = stringAttribute(node, 'mode', 'bilinear');
  return [
    withAttribute(node, 'mode', {
      type: 'string',
      value: mode.replace('bilinear', 'linear').replace('bicubic', 'cubic'),
    }),
  ];
};

const roiAlign: Change = (node) => [
  withAttribute(node, 'coordinate_transformation_mode', { type: 'string', value: 'output_half_pixel' }),
];

const groupNormalization: Change = (node, conversion) => {
  throw conversion.refusal('its scales are per group in the older version and per channel in the newer one', node);
};

const REDUCTIONS = ['Max', 'Min', 'Mean', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare'];

/**
 * What a node needs at the version that changed its operator, by `operator version`. Changes that only allow more
 * (types, optional inputs, negative axes) are not in it.
 */
export const OPERATOR_CHANGES: ReadonlyMap<string, Change> = new Map<string, Change>([
  ['BatchNormalization 9', batchNormalization],
  ['Upsample 9', upsampleScales],
  ['Upsample 10', (node) => [{ ...node, op: 'Resize' }]],
  ['Slice 10', slice],
  ['TopK 10', topK],
  ['Dropout 10', dropoutMask],
  ['Clip 11', clip],
  ['Pad 11', pad],
  ['Resize 11', resize],
  ['Scatter 11', (node) => [{ ...node, op: 'ScatterElements' }]],
  ['Dropout 12', (node) => [without(node, 'ratio')]],
  ['Softmax 13', flattensItself],
  ['LogSoftmax 13', flattensItself],
  ['Hardmax 13', flattensItself],
  ['Squeeze 13', listToInput('axes')],
  ['Unsqueeze 13', listToInput('axes')],
  ['ReduceSum 13', listToInput('axes')],
  ['Split 13', listToInput('split')],
  ['BatchNormalization 14', batchTraining],
  ['RoiAlign 16', roiAlign],
  ['Split 18', splitEvenly],
  ...REDUCTIONS.map((name) => [`Reduce${name} 18`, listToInput('axes')] as const),
  ['GridSample 20', gridSample],
  ['GroupNormalization 21', groupNormalization],
]);
