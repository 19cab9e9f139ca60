import type { Config } from '../config/config.js';
import { ownAddress } from '../http/own-address.js';
import { isStoreHeld, lockOwnerOf } from '../store/store-lock.js';
import type { RunningProgram } from './running-program.js';

/** ms that an answer may take: the program beside it is on the same machine. */
const PATIENCE_MS = 2000;

/** The program that holds the store of a configuration; null where nobody holds it. */
export function localProgram({ store, http }: Pick<Config, 'store' | 'http'>): RunningProgram | null {
  if (!isStoreHeld(store.dir)) return null;
  const owner = lockOwnerOf(store.dir);
  const isAsked = http.enabled && http.port !== 0;
  const askText = async (path: string, signal: AbortSignal): Promise<string | null> => {
    if (!isAsked) return null;
    const headers: Record<string, string> = http.token === undefined ? {} : { authorization: `Bearer ${http.token}` };
    const patience = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    try {
      const reply = await fetch(`${ownAddress(http.host, http.port)}${path}`, { headers, signal: patience });
      return reply.ok ? await reply.text() : null;
    } catch {
      return null;
    }
  };
  return {
    pid: owner?.pid ?? null,
    since: owner?.since ?? null,
    askText,
    ask: async (path, signal) => jsonOf(await askText(path, signal)),
  };
}

function jsonOf(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
