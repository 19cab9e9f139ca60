import { dirname } from 'node:path';
import { ModelError } from '../foundation/errors.js';

/** Why a model's file cannot be read, and what to do, from what the file system said. */
export function unreadableFile(file: string, error: unknown): ModelError {
  const { code } = error as NodeJS.ErrnoException;
  return new ModelError(`cannot read ${file}: ${wordsFor(file, code, error)}`, { file, code: code ?? null });
}

function wordsFor(file: string, code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'ENOTDIR':
      return `${dirname(file)} is not a folder`;
    case 'EACCES':
    case 'EPERM':
      return `this user (${process.getuid?.() ?? 'this one'}) may not: chmod a+r ${file}, and a+x the folders above it`;
    case 'ELOOP':
      return 'it is a symbolic link that leads back to itself';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    case 'EISDIR':
      return 'it is a folder: name the .onnx file in it';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open (ulimit -n)';
    case 'EIO':
      return 'its disk reports errors (dmesg says which)';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
