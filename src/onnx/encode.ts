import { create, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { ELEMENT_TYPES } from './element-type.js';
import type { Attribute, Dim, Graph, Node, Value } from './graph.js';
import type { Model } from './model.js';
import {
  type AttributeProto,
  AttributeProtoSchema,
  GraphProtoSchema,
  AttributeProto_AttributeType as Kind,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './schema/onnx_pb.js';
import type { Tensor } from './tensor.js';

/** Initializers are IR version 4's way to say constant. */
const MIN_IR_VERSION = 4;
// Field numbers of onnx.proto
const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const TENSOR_RAW_DATA = 9;

/** Where a constant lies that is not in the model's own file. */
export interface ExternalPlace {
  /** A file beside the model. */
  readonly location: string;
  readonly offset: number;
}

/**
 * The bytes of an .onnx file, in pieces. The constants are the model's own bytes and not copied, so that a model of
 * two gigabytes needs two gigabytes.
 *
 * @param external the constants that are kept elsewhere, by name
 */
export function encodeModel(model: Model, external: ReadonlyMap<string, ExternalPlace> = new Map()): Uint8Array[] {
  const head = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(Math.max(MIN_IR_VERSION, model.irVersion)),
      opsetImport: [...model.opsets].map(([domain, version]) =>
        create(OperatorSetIdProtoSchema, { domain, version: BigInt(version) }),
      ),
      producerName: model.producer,
      metadataProps: [...model.metadata].map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    }),
  );
  const graph = encodeGraph(model.graph, external);
  return [head, lengthDelimited(MODEL_GRAPH, totalBytes(graph)), ...graph];
}

/** Bytes of all pieces together. */
export function totalBytes(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function encodeGraph(graph: Graph, external: ReadonlyMap<string, ExternalPlace>): Uint8Array[] {
  const head = toBinary(
    GraphProtoSchema,
    create(GraphProtoSchema, {
      name: graph.name || 'graph',
      node: graph.nodes.map(nodeProto),
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
    }),
  );
  const constants = [...graph.initializers].flatMap(([name, tensor]) => {
    const place = external.get(name);
    return place ? encodeReference(name, tensor, place) : encodeInitializer(name, tensor);
  });
  return [head, ...constants];
}

function encodeReference(
  name: string,
  { type, dims, bytes }: Tensor,
  { location, offset }: ExternalPlace,
): Uint8Array[] {
  const fields = Object.entries({ location, offset: String(offset), length: String(bytes.length) });
  const tensor = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, {
      name,
      dataType: ELEMENT_TYPES[type].code,
      dims: dims.map(BigInt),
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: fields.map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    }),
  );
  return [lengthDelimited(GRAPH_INITIALIZER, tensor.length), tensor];
}

function encodeInitializer(name: string, { type, dims, bytes }: Tensor): Uint8Array[] {
  const head = toBinary(
    TensorProtoSchema,
    create(TensorProtoSchema, { name, dataType: ELEMENT_TYPES[type].code, dims: dims.map(BigInt) }),
  );
  const raw = lengthDelimited(TENSOR_RAW_DATA, bytes.length);
  return [lengthDelimited(GRAPH_INITIALIZER, head.length + raw.length + bytes.length), head, raw, bytes];
}

/** Tag and length of a field whose content follows. */
function lengthDelimited(field: number, length: number): Uint8Array {
  return new BinaryWriter().tag(field, WireType.LengthDelimited).uint32(length).finish();
}

function nodeProto({ name, op, domain, inputs, outputs, attributes }: Node): NodeProto {
  return create(NodeProtoSchema, {
    name,
    opType: op,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: [...attributes].map(([key, value]) => attributeProto(key, value)),
  });
}

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  switch (attribute.type) {
    case 'float':
      return create(AttributeProtoSchema, { name, type: Kind.FLOAT, f: attribute.value });
    case 'int':
      return create(AttributeProtoSchema, { name, type: Kind.INT, i: BigInt(attribute.value) });
    case 'string':
      return create(AttributeProtoSchema, { name, type: Kind.STRING, s: Buffer.from(attribute.value) });
    case 'floats':
      return create(AttributeProtoSchema, { name, type: Kind.FLOATS, floats: [...attribute.value] });
    case 'ints':
      return create(AttributeProtoSchema, { name, type: Kind.INTS, ints: attribute.value.map(BigInt) });
    case 'strings':
      return create(AttributeProtoSchema, {
        name,
        type: Kind.STRINGS,
        strings: attribute.value.map((value) => Buffer.from(value)),
      });
    case 'tensor':
      return create(AttributeProtoSchema, { name, type: Kind.TENSOR, t: tensorProto(attribute.value) });
  }
}

function tensorProto({ type, dims, bytes }: Tensor): TensorProto {
  return create(TensorProtoSchema, { dataType: ELEMENT_TYPES[type].code, dims: dims.map(BigInt), rawData: bytes });
}

function valueProto({ name, type, dims }: Value): ValueInfoProto {
  const shape = dims && create(TensorShapeProtoSchema, { dim: dims.map(dimProto) });
  const tensor = create(TypeProto_TensorSchema, { elemType: ELEMENT_TYPES[type].code, ...(shape && { shape }) });
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: 'tensorType', value: tensor } }),
  });
}

function dimProto(dim: Dim) {
  if (dim === '') return create(TensorShapeProto_DimensionSchema, {});
  return create(TensorShapeProto_DimensionSchema, {
    value: typeof dim === 'number' ? { case: 'dimValue', value: BigInt(dim) } : { case: 'dimParam', value: dim },
  });
}
