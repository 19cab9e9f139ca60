import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/** What a program asks of the disk; paths are as it gave them. */
export type DiskOperation =
  | { readonly what: 'open'; readonly path: string; readonly flags: string }
  | { readonly what: 'write'; readonly path: string; readonly content: string | Uint8Array }
  | { readonly what: 'truncate' | 'sync' | 'chmod' | 'close'; readonly path: string }
  | { readonly what: 'rename'; readonly path: string; readonly to: string }
  | { readonly what: 'remove'; readonly path: string };

/**
 * Whoever asks for an operation of the disk through `node:fs/promises`, in this process, is told of: before it is begun.
 *
 * @param before what it throws is what the operation fails with
 * @returns takes it back
 */
export function watchDisk(before: (operation: DiskOperation) => void): () => void {
  const real = { open: fs.open, rename: fs.rename, rm: fs.rm };
  fs.open = async (path, flags, mode) => {
    before({ what: 'open', path: String(path), flags: String(flags) });
    return watched(await real.open(path, flags, mode), String(path), before);
  };
  fs.rename = async (path, to) => {
    before({ what: 'rename', path: String(path), to: String(to) });
    return real.rename(path, to);
  };
  fs.rm = async (path, options) => {
    before({ what: 'remove', path: String(path) });
    return real.rm(path, options);
  };
  syncBuiltinESMExports();
  return () => {
    Object.assign(fs, real);
    syncBuiltinESMExports();
  };
}

function watched(handle: FileHandle, path: string, before: (operation: DiskOperation) => void): FileHandle {
  const telling =
    <Arguments extends unknown[], Result>(
      real: (...args: Arguments) => Result,
      what: (first: unknown) => DiskOperation,
    ) =>
    async (...args: Arguments) => {
      before(what(args[0]));
      return real.apply(handle, args);
    };
  const writes = (content: unknown): DiskOperation => ({ what: 'write', path, content: content as Uint8Array });
  return Object.assign(handle, {
    writeFile: telling(handle.writeFile, writes),
    write: telling(handle.write as (...args: unknown[]) => unknown, writes),
    truncate: telling(handle.truncate, () => ({ what: 'truncate', path })),
    sync: telling(handle.sync, () => ({ what: 'sync', path })),
    chmod: telling(handle.chmod, () => ({ what: 'chmod', path })),
    close: telling(handle.close, () => ({ what: 'close', path })),
  }) as FileHandle;
}
