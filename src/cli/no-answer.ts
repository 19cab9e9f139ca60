import { EdgeError, explain } from '../foundation/errors.js';
import { lockOwnerOf } from '../store/store-lock.js';

/**
 * That no program answers where the configuration says that it listens, and what to do.
 *
 * @param storeDir absolute, of the program that was to answer
 * @returns EdgeError E_OUTPUT
 */
export function noAnswer(address: string, storeDir: string, cause: unknown): EdgeError {
  const owner = lockOwnerOf(storeDir);
  const why =
    owner === null
      ? `edge-optimizer run is not running with the store ${storeDir}: start it, or name its file with --config`
      : `process ${owner.pid} was the last to take the store ${storeDir}: if it runs, it listens elsewhere, name its file with --config; if not, start edge-optimizer run`;
  return new EdgeError('E_OUTPUT', `no program answers at ${address}; ${why}`, {
    context: { reason: explain(cause) },
    cause,
  });
}
