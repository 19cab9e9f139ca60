import { fromBinary } from '@bufbuild/protobuf';
import { ModelError } from '../../errors.js';
import { ELEMENT_TYPES, type ElementType, elementTypeOf } from './element-type.js';
import { type Attribute, type Dim, Graph, type Node, type Value } from './graph.js';
import type { Model } from './model.js';
import {
  type AttributeProto,
  type GraphProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  TensorProto_DataLocation,
  type ValueInfoProto,
} from './schema/onnx_pb.js';
import { elementCount, float32Tensor, int64Tensor, isWhole, type Tensor } from './tensor.js';

/** Finds the bytes of a tensor that lies in another file: `location` relative to the model, -1: to its end. */
export type ExternalData = (tensor: string, location: string, offset: number, length: number) => Uint8Array;

/** More elements than any file of 2 GB can hold: such a shape is damage, and allocating it would end the process. */
const MAX_ELEMENTS = 2 ** 31;

/**
 * Reads the bytes of an .onnx file. Constants are views into `bytes`, not copies. Constant nodes become initializers.
 *
 * @throws ModelError where they are no ONNX model, or one with parts that are not treated: bodies of If and Loop, functions
 *   of its own, sparse tensors, element types that detectors do not use
 */
export function decodeModel(bytes: Uint8Array, external: ExternalData = refuseExternal): Model {
  let proto: ModelProto;
  try {
    proto = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    throw new ModelError('these bytes are no ONNX model', undefined, error);
  }
  if (!proto.graph) throw new ModelError('these bytes are no ONNX model: they hold no graph');
  if (proto.functions.length > 0) {
    throw new ModelError(
      `the model brings functions of its own (${proto.functions[0]!.name}, …): export it without them`,
    );
  }
  return {
    irVersion: Number(proto.irVersion),
    opsets: new Map(
      proto.opsetImport.map(({ domain, version }) => [domain === 'ai.onnx' ? '' : domain, Number(version)]),
    ),
    producer: [proto.producerName, proto.producerVersion].filter(Boolean).join(' '),
    metadata: new Map(proto.metadataProps.map(({ key, value }) => [key, value])),
    graph: decodeGraph(proto.graph, external),
  };
}

function decodeGraph(proto: GraphProto, external: ExternalData): Graph {
  if (proto.sparseInitializer.length > 0) throw new ModelError('sparse tensors are not treated');
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
    const constant = node.op === 'Constant' && node.domain === '' ? constantOf(node) : null;
    if (constant) graph.setInitializer(node.outputs[0]!, constant);
    else nodes.push(node);
  }
  graph.add(...nodes);
  graph.producer(''); // links the graph: a value that two nodes write is found here
  return graph;
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

/** null for the kinds of Constant that hold strings. */
function constantOf({ name, attributes }: Node): Tensor | null {
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
    if (value.case === 'dimValue') return Number(value.value);
    return value.case === 'dimParam' ? value.value : '';
  });
  return { name, type: knownType(elemType ?? 0, name), dims: dims ?? null };
}

function knownType(code: number, tensor: string): ElementType {
  const type = elementTypeOf(code);
  if (type) return type;
  throw new ModelError(`tensor ${tensor} has element type ${code} of onnx.proto, which is not treated`);
}

function decodeTensor(proto: TensorProto, external: ExternalData): Tensor {
  const { name } = proto;
  const type = knownType(proto.dataType ?? 0, name);
  const dims = proto.dims.map(Number);
  const count = elementCount(dims);
  if (!dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) || count > MAX_ELEMENTS) {
    throw new ModelError(`tensor ${name} has shape [${dims.join(', ')}]: the file is damaged`);
  }
  const tensor = { type, dims, bytes: bytesOf(proto, type, count, external) };
  if (isWhole(tensor)) return tensor;
  throw new ModelError(
    `tensor ${name} of ${type} [${dims.join(', ')}] has ${tensor.bytes.length} bytes: the file is damaged`,
  );
}

function bytesOf(proto: TensorProto, type: ElementType, count: number, external: ExternalData): Uint8Array {
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const fields = new Map(proto.externalData.map(({ key, value }) => [key, value]));
    const length = fields.get('length');
    return external(
      proto.name,
      fields.get('location') ?? '',
      Number(fields.get('offset') ?? 0),
      length === undefined ? count * ELEMENT_TYPES[type].bytes : Number(length),
    );
  }
  if (proto.rawData && proto.rawData.length > 0) return proto.rawData;
  return asBytes(typedData(proto, type));
}

/** Small tensors are often written as lists of numbers: int32_data holds every type of up to 32 bits, float16 as bits. */
function typedData(proto: TensorProto, type: ElementType): ArrayBufferView {
  switch (type) {
    case 'float32':
      return Float32Array.from(proto.floatData);
    case 'float64':
      return Float64Array.from(proto.doubleData);
    case 'int64':
      return BigInt64Array.from(proto.int64Data);
    case 'uint64':
      return BigUint64Array.from(proto.uint64Data);
    case 'uint32':
      return Uint32Array.from(proto.uint64Data, Number);
    case 'int32':
      return Int32Array.from(proto.int32Data);
    case 'float16':
    case 'bfloat16':
    case 'uint16':
      return Uint16Array.from(proto.int32Data);
    case 'int16':
      return Int16Array.from(proto.int32Data);
    case 'int8':
      return Int8Array.from(proto.int32Data);
    case 'uint8':
    case 'bool':
      return Uint8Array.from(proto.int32Data);
  }
}

function asBytes({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const refuseExternal: ExternalData = (tensor, location) => {
  throw new ModelError(`tensor ${tensor} lies in another file, ${location}: read the model from its file`);
};
