import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { ModelError } from '../foundation/errors.js';
import { decodeModel } from './decode.js';
import { type ExternalPlace, encodeModel, totalBytes } from './encode.js';
import { namedKind } from './file-kind.js';
import type { Graph } from './graph.js';
import type { Model } from './model.js';
import { sortTopologically } from './topology.js';

/** What protobuf can hold. */
const MAX_BYTES = 2 ** 31 - 1;
/** Constants below this stay in the model's own file: ONNX Runtime needs shapes and axes there. */
const SMALL_BYTES = 1024;
/** Constants beside a model begin where a page of memory does, so that they can be mapped. */
const PAGE_BYTES = 4096;

/**
 * Reads an .onnx file, with the tensors that it keeps in files beside it, and checks that its graph can be computed.
 * @throws ModelError where it is no model, is damaged, or has parts that are not treated
 */
export function readModel(file: string): Model {
  try {
    const { size } = statSync(file);
    const kind = namedKind(file);
    if (kind !== null) throw new ModelError(kind, { file });
    if (size > MAX_BYTES) throw new ModelError(`has ${size} bytes, more than an ONNX file can`);
    const model = decodeModel(readFileSync(file), (tensor, location, offset, length) =>
      readExternal(dirname(file), tensor, location, offset, length),
    );
    sortTopologically(model.graph);
    return model;
  } catch (error) {
    throw new ModelError(`cannot read model ${file}`, { file }, error);
  }
}

/**
 * Writes an .onnx file; it appears under its name only when it is whole. What is larger than such a file can be gets its
 * constants written beside it, into `FILE.data`.
 *
 * @param options.maxBytes the largest file without such a companion, in bytes; default 2 GB
 * @throws ModelError where the graph cannot be computed, or the file not be written
 */
export async function writeModel(file: string, model: Model, options: { maxBytes?: number } = {}): Promise<void> {
  const { maxBytes = MAX_BYTES } = options;
  try {
    sortTopologically(model.graph);
    const pieces = encodeModel(model);
    if (totalBytes(pieces) <= maxBytes) return await writeWhole(file, pieces);
    const companion = `${file}.data`;
    const { places, data } = layOut(model.graph, basename(companion));
    const small = encodeModel(model, places);
    if (totalBytes(small) > MAX_BYTES) throw new ModelError('its graph alone is larger than an ONNX file can be');
    await writeWhole(companion, data);
    await writeWhole(file, small);
  } catch (error) {
    throw new ModelError(`cannot write model ${file}`, { file }, error);
  }
}

/** Where each large constant lies in the file beside the model, and that file in pieces. */
function layOut(graph: Graph, location: string): { places: Map<string, ExternalPlace>; data: Uint8Array[] } {
  const places = new Map<string, ExternalPlace>();
  const data: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { bytes }] of graph.initializers) {
    if (bytes.length < SMALL_BYTES) continue;
    places.set(name, { location, offset });
    const gap = -bytes.length & (PAGE_BYTES - 1);
    data.push(bytes, new Uint8Array(gap));
    offset += bytes.length + gap;
  }
  return { places, data };
}

async function writeWhole(file: string, pieces: readonly Uint8Array[]): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      const { bytesWritten } = await handle.writev(pieces.filter(({ length }) => length > 0));
      if (bytesWritten !== totalBytes(pieces)) throw new ModelError(`only ${bytesWritten} bytes could be written`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** @throws ModelError where the file is not there, not whole, or not the model's own */
function readExternal(folder: string, tensor: string, location: string, offset: number, length: number): Uint8Array {
  if (location === '') throw new ModelError(`tensor ${tensor} lies in another file, and does not say which`);
  try {
    return readPart(ownFile(folder, tensor, location), tensor, location, offset, length);
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`tensor ${tensor} lies in ${location}, which cannot be read`, { tensor, location }, error);
  }
}

/** A model may only name files beside or below it: it may come from anywhere. */
function ownFile(folder: string, tensor: string, location: string): string {
  const file = realpathSync(join(folder, location));
  if (file.startsWith(realpathSync(folder) + sep)) return file;
  throw new ModelError(`tensor ${tensor} lies in ${location}, outside the model's folder`);
}

function readPart(file: string, tensor: string, location: string, offset: number, length: number): Uint8Array {
  const { size } = statSync(file);
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length);
  if (!(whole && offset >= 0 && length >= 0 && offset + length <= size)) {
    throw new ModelError(
      `tensor ${tensor}: bytes ${offset} to ${offset + length} are not in ${location}, of ${size} bytes`,
    );
  }
  const bytes = new Uint8Array(length);
  const descriptor = openSync(file, 'r');
  try {
    let filled = 0;
    while (filled < length) {
      const read = readSync(descriptor, bytes, filled, length - filled, offset + filled);
      if (read === 0) throw new ModelError(`tensor ${tensor}: ${location} ended at ${offset + filled}`);
      filled += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return bytes;
}
