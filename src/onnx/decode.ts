import { fromBinary } from '@bufbuild/protobuf';
import { ModelError } from '../foundation/errors.js';
import { decodeTensor, type ExternalData, knownType, MAX_ELEMENTS } from './decode-tensor.js';
import { type Attribute, type Dim, Graph, type Node, type Value } from './graph.js';
import type { Model } from './model.js';
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
} from './schema/onnx_pb.js';
import { float32Tensor, int64Tensor, type Tensor } from './tensor.js';

/** Far above the newest operator set that there is. */
const MAX_OPSET = 1000;

/**
 * Reads the bytes of an .onnx file. Constants are views into `bytes`, not copies. Constant nodes become initializers.
 *
 * @throws ModelError where they are no ONNX model, or one with parts that are not treated: bodies of If and Loop, functions
 *   of its own, sparse tensors, element types that detectors do not use
 */
export function decodeModel(bytes: Uint8Array, external: ExternalData = refuseExternal): Model {
  try {
    return modelOf(fromBinary(ModelProtoSchema, bytes), external);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError('these bytes are no ONNX model', undefined, error);
  }
}

function modelOf(proto: ModelProto, external: ExternalData): Model {
  if (!proto.graph) throw new ModelError('these bytes are no ONNX model: they hold no graph');
  if (proto.functions.length > 0) {
    throw new ModelError(
      `the model brings functions of its own (${proto.functions[0]!.name}, …): export it without them`,
    );
  }
  return {
    irVersion: Number(proto.irVersion),
    opsets: opsetsOf(proto),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(' '),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: decodeGraph(proto.graph, external),
  };
}

function opsetsOf(proto: ModelProto): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const { domain, version } of proto.opsetImport) {
    opsets.set(domain === 'ai.onnx' ? '' : domain, Number(version));
  }
  const own = opsets.get('');
  if (own === undefined)
    throw new ModelError('the model does not say which version of the ONNX operators it is written for');
  if (own >= 1 && own <= MAX_OPSET) return opsets;
  throw new ModelError(`the model says that it is written for operator set ${own}: the file is damaged`);
}

function decodeGraph(proto: GraphProto, external: ExternalData): Graph {
  if (proto.sparseInitializer.length > 0) throw new ModelError('sparse tensors are not treated');
  if (proto.node.length === 0) throw new ModelError('the graph is empty: it has no nodes');
  if (proto.output.length === 0) throw new ModelError('the graph has no outputs');
  refuseTwice('tensor', proto.initializer);
  refuseTwice('input', proto.input);
  refuseTwice('output', proto.output);
  const constants = new Map(proto.initializer.map((tensor) => [tensor.name, decodeTensor(tensor, external)]));
  const graph = new Graph({
    name: proto.name,
    // before IR version 4 every initializer was an input as well
    inputs: proto.input.filter(({ name }) => !constants.has(name)).map(decodeValue),
    outputs: proto.output.map(decodeValue),
  });
  for (const [name, tensor] of constants) graph.setInitializer(name, tensor);
  const names = new Set<string>();
  const nodes: Node[] = [];
  for (const [at, nodeProto] of proto.node.entries()) {
    const node = decodeNode(nodeProto, uniqueName(names, nodeProto.name || `${nodeProto.opType}_${at}`), external);
    if (node.op === 'Constant' && node.domain === '') {
      refuseOverwriting(graph, node);
      graph.setInitializer(outputOf(node), constantOf(node));
    } else nodes.push(node);
  }
  for (const node of nodes) {
    refuseOverwriting(graph, node);
    graph.add(node);
  }
  graph.producer(''); // links the graph: a value that two nodes write is found here
  return graph;
}

function refuseTwice(what: string, named: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of named) {
    if (names.has(name)) throw new ModelError(`the graph has two ${what}s named ${name}`);
    names.add(name);
  }
}

function refuseOverwriting(graph: Graph, { name, op, outputs }: Node): void {
  const taken = outputs.find((output) => graph.constant(output) || (output !== '' && graph.isInput(output)));
  if (taken === undefined) return;
  const other = graph.constant(taken) ? 'a constant' : 'an input';
  throw new ModelError(`node ${name} (${op}) writes ${taken}, which is ${other} already`);
}

function outputOf({ name, op, outputs }: Node): string {
  if (outputs[0]) return outputs[0];
  throw new ModelError(`node ${name} (${op}) has no output`);
}

function uniqueName(names: Set<string>, wanted: string): string {
  let name = wanted;
  for (let i = 1; names.has(name); i++) name = `${wanted}_${i}`;
  names.add(name);
  return name;
}

function decodeNode(proto: NodeProto, name: string, external: ExternalData): Node {
  const attributes = new Map<string, Attribute>();
  for (const attribute of proto.attribute) {
    attributes.set(attribute.name, decodeAttribute(attribute, `node ${name} (${proto.opType})`, external));
  }
  const domain = proto.domain === 'ai.onnx' ? '' : proto.domain;
  return { name, op: proto.opType, domain, inputs: proto.input, outputs: proto.output, attributes };
}

function decodeAttribute(proto: AttributeProto, node: string, external: ExternalData): Attribute {
  switch (proto.type) {
    case Kind.FLOAT:
      return { type: 'float', value: proto.f };
    case Kind.INT:
      return { type: 'int', value: Number(proto.i) };
    case Kind.STRING:
      return { type: 'string', value: text(proto.s) };
    case Kind.FLOATS:
      return { type: 'floats', value: proto.floats };
    case Kind.INTS:
      return { type: 'ints', value: proto.ints.map(Number) };
    case Kind.STRINGS:
      return { type: 'strings', value: proto.strings.map(text) };
    case Kind.TENSOR:
      if (proto.t) return { type: 'tensor', value: decodeTensor(proto.t, external) };
      throw new ModelError(`${node}: attribute ${proto.name} holds no tensor`);
    default:
      throw new ModelError(
        `${node}: attribute ${proto.name} is a ${Kind[proto.type] ?? proto.type}, which is not treated`,
      );
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function constantOf({ name, attributes }: Node): Tensor {
  const [kind, attribute] = [...attributes][0] ?? [];
  switch (attribute?.type) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return float32Tensor([], [attribute.value]);
    case 'floats':
      return float32Tensor([attribute.value.length], attribute.value);
    case 'int':
      return int64Tensor([attribute.value], []);
    case 'ints':
      return int64Tensor(attribute.value);
    default:
      throw new ModelError(`node ${name} (Constant) has ${kind ?? 'nothing'} for a value, which is not treated`);
  }
}

function decodeValue({ name, type }: ValueInfoProto): Value {
  if (type?.value.case !== 'tensorType') throw new ModelError(`${name} of the graph is no tensor`);
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }): Dim => {
    if (value.case !== 'dimValue') return value.case === 'dimParam' ? value.value : '';
    const size = Number(value.value);
    // some exporters write -1 for a dynamic size
    if (size === -1) return '';
    if (size >= 0 && size <= MAX_ELEMENTS) return size;
    throw new ModelError(`${name} of the graph has a dimension of ${size}: the file is damaged`);
  });
  return { name, type: knownType(elemType ?? 0, name), dims: dims ?? null };
}

const refuseExternal: ExternalData = (tensor, location) => {
  throw new ModelError(`tensor ${tensor} lies in another file, ${location}: read the model from its file`);
};
