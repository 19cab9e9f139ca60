import { type ElementType, elementTypeOf } from './element-type.js';
import { type Graph, intAttribute, type Node } from './graph.js';
import { shapeRuleOf } from './shape-rules/operators.js';

type TypeOf = (input: number) => ElementType | null;
/** The type of each output; one type is that of all of them. */
type TypeRule = (typeOf: TypeOf, node: Node) => ElementType | null | readonly (ElementType | null)[];

const COMPARISONS = ['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual'];
const LOGIC = ['And', 'Or', 'Xor', 'Not', 'IsNaN', 'IsInf'];
const COUNTING = ['Shape', 'Size', 'ArgMax', 'ArgMin', 'NonZero', 'NonMaxSuppression'];

/** Operators whose outputs are not of the type of their first input. */
const RULES = new Map<string, TypeRule>(
  Object.entries<TypeRule>({
    ...Object.fromEntries([...COMPARISONS, ...LOGIC].map((op) => [op, () => 'bool'])),
    ...Object.fromEntries(COUNTING.map((op) => [op, () => 'int64'])),
    TopK: (typeOf) => [typeOf(0), 'int64'],
    MaxPool: (typeOf) => [typeOf(0), 'int64'],
    Dropout: (typeOf) => [typeOf(0), 'bool'],
    Cast: (_, node) => elementTypeOf(intAttribute(node, 'to', 0)),
    CastLike: (typeOf) => typeOf(1),
    Where: (typeOf) => typeOf(1),
    OneHot: (typeOf) => typeOf(2),
    EyeLike: (typeOf, node) => elementTypeOf(intAttribute(node, 'dtype', 0)) ?? typeOf(0),
    ConstantOfShape(_, { attributes }) {
      const value = attributes.get('value');
      return value?.type === 'tensor' ? value.value.type : 'float32';
    },
    QuantizeLinear: (typeOf, node) => elementTypeOf(intAttribute(node, 'output_dtype', 0)) ?? typeOf(2) ?? 'uint8',
    DequantizeLinear: (typeOf) => typeOf(1),
    DynamicQuantizeLinear: () => ['uint8', 'float32', 'uint8'],
    QLinearConv: (typeOf) => typeOf(7),
    QLinearMatMul: (typeOf) => typeOf(7),
    ConvInteger: () => 'int32',
    MatMulInteger: () => 'int32',
    LayerNormalization: (typeOf) => [typeOf(0), 'float32', 'float32'],
  }),
);

/** The type of each output of a node; null for one that is not known. */
export function outputTypes(node: Node, typeOf: TypeOf): readonly (ElementType | null)[] {
  if (!shapeRuleOf(node)) return node.outputs.map(() => null);
  const types = RULES.get(node.op)?.(typeOf, node) ?? typeOf(0);
  return node.outputs.map((_, i) => (typeof types === 'object' && types !== null ? (types[i] ?? null) : types));
}

/**
 * Element types by value name. They do not depend on sizes. What operators that are not known write is missing.
 * @param graph in topological order
 */
export function inferTypes(graph: Graph): ReadonlyMap<string, ElementType> {
  const types = new Map<string, ElementType>();
  for (const { name, type } of graph.inputs) types.set(name, type);
  for (const [name, { type }] of graph.initializers) types.set(name, type);
  for (const node of graph.nodes) {
    const found = outputTypes(node, (input) => types.get(node.inputs[input] ?? '') ?? null);
    for (const [i, type] of found.entries()) if (type && node.outputs[i]) types.set(node.outputs[i], type);
  }
  return types;
}
