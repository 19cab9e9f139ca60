import { closeSync, openSync, readFileSync, readSync, realpathSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { ModelError } from '../../errors.js';
import { decodeModel } from './decode.js';
import { encodeModel, totalBytes } from './encode.js';
import type { Model } from './model.js';
import { sortTopologically } from './topology.js';

/** What protobuf can hold. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Reads an .onnx file, with the tensors that it keeps in files beside it, and checks that its graph can be computed.
 * @throws ModelError where it is no model, is damaged, or has parts that are not treated
 */
export function readModel(file: string): Model {
  try {
    const { size } = statSync(file);
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
 * Writes an .onnx file; it appears under its name only when it is whole.
 * @throws ModelError where it would be larger than ONNX files can be, or cannot be written
 */
export async function writeModel(file: string, model: Model): Promise<void> {
  sortTopologically(model.graph);
  const pieces = encodeModel(model);
  const bytes = totalBytes(pieces);
  if (bytes > MAX_BYTES) throw new ModelError(`model ${file} would have ${bytes} bytes, more than an ONNX file can`);
  const unfinished = `${file}.${process.pid}.tmp`;
  try {
    const handle = await open(unfinished, 'w');
    try {
      await handle.writev(pieces.filter(({ length }) => length > 0));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new ModelError(`cannot write model ${file}`, { file }, error);
  }
}

/** A model may only name files beside or below it: it may come from anywhere. */
function readExternal(folder: string, tensor: string, location: string, offset: number, length: number): Uint8Array {
  const file = realpathSync(join(folder, location));
  if (!file.startsWith(realpathSync(folder) + sep)) {
    throw new ModelError(`tensor ${tensor} lies in ${location}, outside the model's folder`);
  }
  const { size } = statSync(file);
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) {
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
