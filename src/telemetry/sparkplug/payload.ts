import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/*
 * Sparkplug B's payload (sparkplug_b.proto of the specification 3.0), as far as an edge node writes and reads it: metrics of
 * plain types, without data sets, templates, properties and metadata, which are skipped where a host sends them.
 */

/** Numbers of the specification's data types. */
const DATA_TYPES = { Int64: 4, Double: 10, Boolean: 11, String: 12 } as const;
export type DataType = keyof typeof DATA_TYPES;

export interface PayloadMetric {
  /** In births, and in commands that use no alias. */
  readonly name?: string;
  readonly alias?: number;
  /** Unix ms at which the value was read. */
  readonly timestamp?: number;
  /** In births only. */
  readonly dataType?: DataType;
  readonly isHistorical?: boolean;
  /** null: the metric has no value now. Whole numbers of Int64 up to 2^53. */
  readonly value: number | string | boolean | null;
}

export interface SparkplugPayload {
  /** Unix ms at which it was sent. */
  readonly timestamp: number;
  /** 0..255; absent in NDEATH. */
  readonly seq?: number;
  readonly metrics: readonly PayloadMetric[];
}

const PAYLOAD = { timestamp: 1, metrics: 2, seq: 3 } as const;
const METRIC = {
  name: 1,
  alias: 2,
  timestamp: 3,
  dataType: 4,
  isHistorical: 5,
  isNull: 7,
  intValue: 10,
  longValue: 11,
  floatValue: 12,
  doubleValue: 13,
  booleanValue: 14,
  stringValue: 15,
} as const;

/** @param typeOf the data type of a metric that does not say it: values are written by it */
export function encodePayload(payload: SparkplugPayload, typeOf: (metric: PayloadMetric) => DataType): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(PAYLOAD.timestamp, WireType.Varint).uint64(payload.timestamp);
  for (const metric of payload.metrics) {
    writer.tag(PAYLOAD.metrics, WireType.LengthDelimited).fork();
    writeMetric(writer, metric, metric.dataType ?? typeOf(metric));
    writer.join();
  }
  if (payload.seq !== undefined) writer.tag(PAYLOAD.seq, WireType.Varint).uint64(payload.seq);
  return writer.finish();
}

function writeMetric(writer: BinaryWriter, metric: PayloadMetric, type: DataType): void {
  const { name, alias, timestamp, dataType, isHistorical, value } = metric;
  if (name !== undefined) writer.tag(METRIC.name, WireType.LengthDelimited).string(name);
  if (alias !== undefined) writer.tag(METRIC.alias, WireType.Varint).uint64(alias);
  if (timestamp !== undefined) writer.tag(METRIC.timestamp, WireType.Varint).uint64(timestamp);
  if (dataType !== undefined) writer.tag(METRIC.dataType, WireType.Varint).uint32(DATA_TYPES[dataType]);
  if (isHistorical) writer.tag(METRIC.isHistorical, WireType.Varint).bool(true);
  if (value === null) writer.tag(METRIC.isNull, WireType.Varint).bool(true);
  else writeValue(writer, value, type);
}

function writeValue(writer: BinaryWriter, value: number | string | boolean, type: DataType): void {
  switch (type) {
    case 'Int64':
      // the specification keeps signed numbers as two's complement in an unsigned field
      writer.tag(METRIC.longValue, WireType.Varint).uint64(BigInt.asUintN(64, BigInt(Math.trunc(Number(value)))));
      return;
    case 'Double':
      writer.tag(METRIC.doubleValue, WireType.Bit64).double(Number(value));
      return;
    case 'Boolean':
      writer.tag(METRIC.booleanValue, WireType.Varint).bool(Boolean(value));
      return;
    case 'String':
      writer.tag(METRIC.stringValue, WireType.LengthDelimited).string(String(value));
  }
}

/** @throws Error where the bytes are no payload */
export function decodePayload(bytes: Uint8Array): SparkplugPayload {
  const reader = new BinaryReader(bytes);
  const metrics: PayloadMetric[] = [];
  let timestamp = 0;
  let seq: number | undefined;
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === PAYLOAD.timestamp && wire === WireType.Varint) timestamp = Number(reader.uint64());
    else if (field === PAYLOAD.seq && wire === WireType.Varint) seq = Number(reader.uint64());
    else if (field === PAYLOAD.metrics && wire === WireType.LengthDelimited) metrics.push(readMetric(reader.bytes()));
    else reader.skip(wire, field);
  }
  return { timestamp, metrics, ...(seq !== undefined && { seq }) };
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function readMetric(bytes: Uint8Array): PayloadMetric {
  const reader = new BinaryReader(bytes);
  const metric: Writable<PayloadMetric> = { value: null };
  while (reader.pos < reader.len) {
    const [field, wire] = reader.tag();
    if (field === METRIC.name && wire === WireType.LengthDelimited) metric.name = reader.string();
    else if (field === METRIC.alias && wire === WireType.Varint) metric.alias = Number(reader.uint64());
    else if (field === METRIC.timestamp && wire === WireType.Varint) metric.timestamp = Number(reader.uint64());
    else if (field === METRIC.isHistorical && wire === WireType.Varint) metric.isHistorical = reader.bool();
    else if (field === METRIC.intValue && wire === WireType.Varint) metric.value = reader.uint32();
    else if (field === METRIC.longValue && wire === WireType.Varint) metric.value = signed(reader.uint64());
    else if (field === METRIC.floatValue && wire === WireType.Bit32) metric.value = reader.float();
    else if (field === METRIC.doubleValue && wire === WireType.Bit64) metric.value = reader.double();
    else if (field === METRIC.booleanValue && wire === WireType.Varint) metric.value = reader.bool();
    else if (field === METRIC.stringValue && wire === WireType.LengthDelimited) metric.value = reader.string();
    else if (field === METRIC.dataType && wire === WireType.Varint) {
      const type = typeNumbered(reader.uint32());
      if (type !== undefined) metric.dataType = type;
    } else reader.skip(wire, field);
  }
  return metric;
}

const signed = (value: bigint | string): number => Number(BigInt.asIntN(64, BigInt(value)));

/** undefined for types that this program does not write. */
function typeNumbered(number: number): DataType | undefined {
  return (Object.keys(DATA_TYPES) as DataType[]).find((type) => DATA_TYPES[type] === number);
}
