import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha256Of } from '../../foundation/sha256.js';

/** Bytes of a socket's path that Linux takes, without the zero behind it; macOS takes three fewer. */
const MAX_PATH_BYTES = 104;

/**
 * Where the running program answers how it does, the best place first: in its store, and in the folder of temporary files
 * where the store cannot be written to, or its path is too long for a socket.
 *
 * @param storeDir absolute
 */
export function healthSockets(storeDir: string, temporary: string = tmpdir()): readonly string[] {
  const name = sha256Of(storeDir).slice(0, 12);
  return [join(storeDir, 'health.sock'), join(temporary, `edge-optimizer-${name}.sock`)].filter(
    (path) => Buffer.byteLength(path) <= MAX_PATH_BYTES,
  );
}
