import { deserialize, serialize } from 'node:v8';

/** How a value's bytes are to be read; stored beside them, so the numbers never change. */
const FORMAT = {
  /** UTF-8 JSON. */
  json: 0,
  /** The bytes of a Uint8Array. */
  bytes: 1,
  /** Little-endian float32 values of a Float32Array. */
  floats: 2,
  /** V8's structured clone: objects with typed arrays, Date, Map, Set, bigint inside. */
  clone: 3,
} as const;

export type Format = (typeof FORMAT)[keyof typeof FORMAT];

export interface Measured {
  /** Estimated bytes on the heap. */
  readonly bytes: number;
  readonly format: Format;
}

export interface Encoded {
  readonly format: Format;
  readonly bytes: Uint8Array;
}

const MAX_DEPTH = 64;
const SLOT = 8;
/** Bytes of an entry beside key and value: its object, the strategy's node, a place in a Map. */
const ENTRY_OVERHEAD = 200;

/**
 * Estimates a value's size and finds the format that keeps it whole. Throws a TypeError for what no tier could give back:
 * functions, symbols, promises, class instances with private state, nesting deeper than 64 (a cycle).
 */
export function measure(value: unknown): Measured {
  if (typeof value === 'string') return { bytes: 16 + value.length * 2, format: FORMAT.json };
  if (value instanceof Uint8Array && !Buffer.isBuffer(value)) return raw(value, FORMAT.bytes);
  if (value instanceof Float32Array) return raw(value, FORMAT.floats);
  const found = { plain: true };
  const bytes = sizeOf(value, 0, found);
  return { bytes, format: found.plain ? FORMAT.json : FORMAT.clone };
}

/** Estimated bytes of an entry in memory. Throws a TypeError for values that cannot be cached. */
export function entryBytes(key: string, value: unknown): number {
  return measure(value).bytes + key.length * 2 + ENTRY_OVERHEAD;
}

/** The bytes that the disk keeps. */
export function encode(value: unknown, format: Format): Uint8Array {
  switch (format) {
    case FORMAT.json:
      return Buffer.from(JSON.stringify(value));
    case FORMAT.bytes:
      return value as Uint8Array;
    case FORMAT.floats: {
      const floats = value as Float32Array;
      return new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
    }
    case FORMAT.clone:
      return serialize(value);
  }
}

/** The value again. Throws on bytes that are not of the format. */
export function decode(format: number, bytes: Uint8Array): unknown {
  switch (format) {
    case FORMAT.json:
      return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
    case FORMAT.bytes:
      return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    case FORMAT.floats:
      // a copy, because a view of floats has to begin at a multiple of 4
      return new Float32Array(new Uint8Array(bytes).buffer);
    case FORMAT.clone:
      return deserialize(bytes);
    default:
      throw new Error(`no format has the number ${format}`);
  }
}

function raw(value: Uint8Array | Float32Array, format: Format): Measured {
  return { bytes: 96 + value.byteLength, format };
}

function sizeOf(value: unknown, depth: number, found: { plain: boolean }): number {
  switch (typeof value) {
    case 'string':
      return 16 + value.length * 2;
    case 'number':
      // JSON has neither NaN, Infinity nor -0
      if (!Number.isFinite(value) || Object.is(value, -0)) found.plain = false;
      return SLOT;
    case 'boolean':
      return SLOT;
    case 'undefined':
    case 'bigint':
      found.plain = false;
      return 2 * SLOT;
    case 'object':
      return value === null ? SLOT : sizeOfObject(value, depth, found);
    default:
      throw unsuited(`a ${typeof value}`);
  }
}

function sizeOfObject(value: object, depth: number, found: { plain: boolean }): number {
  if (depth >= MAX_DEPTH) throw unsuited(`a value nested deeper than ${MAX_DEPTH}`);
  if (Array.isArray(value)) {
    let bytes = 32;
    for (const item of value) bytes += SLOT + sizeOf(item, depth + 1, found);
    return bytes;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return sizeOfRecord(value, depth, found);
  found.plain = false;
  if (ArrayBuffer.isView(value)) return 96 + value.byteLength;
  if (value instanceof ArrayBuffer) return 48 + value.byteLength;
  if (value instanceof Date) return 32;
  if (value instanceof Map) return sizeOf([...value], depth + 1, found);
  if (value instanceof Set) return sizeOf([...value], depth + 1, found);
  throw unsuited(`an instance of ${prototype.constructor?.name ?? 'a class'}`);
}

function sizeOfRecord(value: object, depth: number, found: { plain: boolean }): number {
  let bytes = 32;
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    // JSON.parse would call it a prototype, toJSON would be called
    if (key === '__proto__' || key === 'toJSON') found.plain = false;
    bytes += 2 * SLOT + sizeOf(record[key], depth + 1, found);
  }
  return bytes;
}

function unsuited(what: string): TypeError {
  return new TypeError(
    `cannot cache ${what}: give plain data (JSON, typed arrays, Date, Map, Set, bigint), for instance the object's own fields`,
  );
}
