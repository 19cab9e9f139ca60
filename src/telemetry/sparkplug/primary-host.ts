/** What a primary host's STATE message makes an edge node do. */
export type HostChange = 'came-online' | 'went-offline' | 'nothing';

/**
 * Whether the primary host application is online, as its STATE messages tell. Messages older than one that was heard are the
 * last will of a session that is over, and change nothing.
 */
export class PrimaryHost {
  #online = false;
  /** Of the newest message; null before the first of a connection. */
  #timestamp: number | null = null;

  get isOnline(): boolean {
    return this.#online;
  }

  /** The connection is gone: what the host does is not known any more. */
  forget(): void {
    this.#online = false;
    this.#timestamp = null;
  }

  /** @param payload of a message at `spBv1.0/STATE/<host id>`: JSON with `online` and `timestamp`; anything else is ignored */
  heard(payload: Uint8Array): HostChange {
    const state = stateOf(payload);
    if (state === null || (this.#timestamp !== null && state.timestamp < this.#timestamp)) return 'nothing';
    this.#timestamp = state.timestamp;
    if (state.online === this.#online) return 'nothing';
    this.#online = state.online;
    return state.online ? 'came-online' : 'went-offline';
  }
}

function stateOf(payload: Uint8Array): { readonly online: boolean; readonly timestamp: number } | null {
  try {
    const { online, timestamp } = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (typeof online !== 'boolean' || typeof timestamp !== 'number' || !Number.isFinite(timestamp)) return null;
    return { online, timestamp };
  } catch {
    return null;
  }
}
