import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type DescField, type DescMessage, fromBinary, ScalarType } from '@bufbuild/protobuf';
import { ModelError } from '../foundation/errors.js';
import { kindByName, namedKind } from './file-kind.js';
import { type ModelProto, ModelProtoSchema } from './schema/onnx_pb.js';
import { unreadableFile } from './unreadable-file.js';

/** Fields up to this long, in bytes, are kept as they are; longer ones are looked into, or left out. */
const SHORT_BYTES = 1024;
/** The longest text that is kept: names of classes and the like, in bytes. */
const MAX_TEXT_BYTES = 1 << 20;
/** No graph without its weights is longer, in bytes. */
const MAX_OUTLINE_BYTES = 256 << 20;
/** Bodies of If and Loop within each other, three messages each. */
const MAX_DEPTH = 60;
const WINDOW_BYTES = 64 << 10;

/**
 * Reads everything of an .onnx file but what is long, the weights: of those, name, type and shape stay. A file of
 * gigabytes costs no more memory or time than its graph.
 *
 * @throws ModelError where it cannot be read, is cut short, or is no ONNX model
 */
export function readOutline(file: string): ModelProto {
  const descriptor = openFile(file);
  try {
    const source = new FileWindow(descriptor, fstatSync(descriptor).size);
    const kept = outlineOf(source, ModelProtoSchema, 0, source.size, 0);
    const model = fromBinary(ModelProtoSchema, kept);
    if (model.graph && model.graph.node.length > 0) return model;
    throw new RangeError('it holds no graph');
  } catch (error) {
    throw noModel(file, error);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws ModelError where it cannot be read, or is no file at all */
function openFile(file: string): number {
  try {
    // opening a pipe would wait for somebody to write into it
    if (statSync(file).isFile()) return openSync(file, 'r');
  } catch (error) {
    throw unreadableFile(file, error);
  }
  throw new ModelError(namedKind(file) ?? `${file} is no file`, { file });
}

/** Other formats first: many of them look like a model that is cut short. */
function noModel(file: string, error: unknown): ModelError {
  const context = { file };
  const kind = namedKind(file);
  if (kind !== null) return new ModelError(kind, context);
  const named = kindByName(file);
  if (named) return new ModelError(`${file} ${named.is}: ${named.todo}`, context);
  if (error instanceof CutShort) {
    return new ModelError(`${file} is cut short: ${error.message}; copy or download it again`, context);
  }
  return new ModelError(
    `${file} is no ONNX model, or is damaged: copy or download it again, or export it anew`,
    context,
    error,
  );
}

/** The file ends before what it announced. */
class CutShort extends Error {}

/** A message's bytes without those of its long fields, and of theirs. */
function outlineOf(source: FileWindow, message: DescMessage, from: number, to: number, depth: number): Uint8Array {
  if (depth > MAX_DEPTH) throw new RangeError(`more than ${MAX_DEPTH} messages within each other`);
  const kept = new Pieces(source);
  source.at = from;
  while (source.at < to) {
    const start = source.at;
    const key = source.varint();
    const length = skipLength(source, key % 8);
    const end = source.at + length;
    if (end > source.size) {
      throw new CutShort(`it has ${source.size} bytes, and what begins at byte ${start} alone has ${length}`);
    }
    if (key < 8) throw new RangeError(`field 0 at byte ${start}`);
    if (end > to) throw new RangeError(`the field at byte ${start} leads out of its message`);
    const field = fieldsOf(message).get(Math.floor(key / 8));
    if (length <= SHORT_BYTES || (length <= MAX_TEXT_BYTES && isText(field))) kept.addRange(start, end);
    else if (field?.message) {
      const within = outlineOf(source, field.message, source.at, end, depth + 1);
      kept.add(Uint8Array.from([...varintBytes(key), ...varintBytes(within.length)]));
      kept.add(within);
    }
    source.at = end;
  }
  return kept.together();
}

/** Bytes that are kept of a file: what lies side by side is read at once. */
class Pieces {
  readonly #pieces: Uint8Array[] = [];
  #total = 0;
  #from = 0;
  #to = 0;

  constructor(private readonly source: FileWindow) {}

  addRange(from: number, to: number): void {
    if (from !== this.#to) {
      this.#readRange();
      this.#from = from;
    }
    this.#to = to;
    if (to - this.#from > MAX_OUTLINE_BYTES) throw new RangeError('a graph of this size is no model');
  }

  add(piece: Uint8Array): void {
    this.#readRange();
    this.#push(piece);
  }

  together(): Uint8Array {
    this.#readRange();
    return Buffer.concat(this.#pieces);
  }

  #readRange(): void {
    if (this.#to > this.#from) this.#push(this.source.slice(this.#from, this.#to));
    this.#from = this.#to;
  }

  #push(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#total += piece.length;
    if (this.#total > MAX_OUTLINE_BYTES) throw new RangeError('a graph of this size is no model');
  }
}

/** How many bytes follow the key, and the length where there is one. */
function skipLength(source: FileWindow, wireType: number): number {
  switch (wireType) {
    case 0:
      source.varint();
      return 0;
    case 1:
      return 8;
    case 2:
      return source.varint();
    case 5:
      return 4;
    default:
      throw new RangeError(`wire type ${wireType} at byte ${source.at}`);
  }
}

const FIELDS = new Map<DescMessage, ReadonlyMap<number, DescField>>();

function fieldsOf(message: DescMessage): ReadonlyMap<number, DescField> {
  const known = FIELDS.get(message);
  if (known) return known;
  const fields = new Map(message.fields.map((field) => [field.number, field]));
  FIELDS.set(message, fields);
  return fields;
}

function isText(field: DescField | undefined): boolean {
  return field?.fieldKind === 'scalar' && field.scalar === ScalarType.STRING;
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

/** A file's bytes through a window that follows the reader. */
class FileWindow {
  /** The next byte to be read. */
  at = 0;
  readonly #window = Buffer.alloc(WINDOW_BYTES);
  #from = 0;
  #filled = 0;

  constructor(
    private readonly descriptor: number,
    readonly size: number,
  ) {}

  /** Up to 2^53: no file is longer. A negative number, ten bytes long, comes out as a huge one. */
  varint(): number {
    let value = 0;
    for (let weight = 1, bytes = 0; bytes < 10; bytes++, weight *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * weight;
      if (byte < 0x80) return value;
    }
    throw new RangeError(`no number ends before byte ${this.at}`);
  }

  /** A copy. */
  slice(from: number, to: number): Uint8Array {
    if (from >= this.#from && to <= this.#from + this.#filled) {
      return Uint8Array.from(this.#window.subarray(from - this.#from, to - this.#from));
    }
    const bytes = Buffer.alloc(to - from);
    for (let filled = 0; filled < bytes.length; ) {
      const read = readSync(this.descriptor, bytes, filled, bytes.length - filled, from + filled);
      if (read === 0) throw new CutShort(`it ends at byte ${from + filled}`);
      filled += read;
    }
    return bytes;
  }

  #byte(): number {
    const { at } = this;
    if (at >= this.size) throw new CutShort(`it ends at byte ${at}, in the middle of a number`);
    if (at < this.#from || at >= this.#from + this.#filled) {
      this.#from = at;
      this.#filled = readSync(this.descriptor, this.#window, 0, WINDOW_BYTES, at);
      if (this.#filled === 0) throw new CutShort(`it ends at byte ${at}`);
    }
    this.at = at + 1;
    return this.#window[at - this.#from]!;
  }
}
