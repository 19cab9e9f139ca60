import type { CommandResult } from '../mqtt/messages/command.js';
import type { CommandId } from './envelope.js';

/** A signed command that was carried out, or is being. */
export interface JournalEntry {
  /** Id of the key that signed it. */
  readonly by: string;
  readonly id: CommandId;
  readonly nonce: string;
  readonly name: string;
  readonly toSite: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  /** Unix ms of its arrival. */
  readonly at: number;
  /** null while it is being carried out, or where the program ended meanwhile. */
  readonly result: CommandResult | null;
}

/** What was commanded before. Nothing here throws; reading is quick, as is writing. */
export interface CommandJournal {
  /** Unix ms from which on it knows what was commanded; Infinity where it knows this run of the program only. */
  readonly remembersFrom: number;
  /** Whether a command of this key had this nonce. */
  hasNonce(by: string, nonce: string): boolean;
  find(by: string, id: CommandId): JournalEntry | null;
  /** What begins now must be known after a kill. */
  begin(entry: JournalEntry): void;
  finish(entry: JournalEntry, result: CommandResult): void;
}

const MAX_ENTRIES = 10_000;

/** A journal until the program ends; the oldest entries are forgotten first. */
export class MemoryJournal implements CommandJournal {
  readonly remembersFrom = Number.POSITIVE_INFINITY;
  /** By key and id. */
  readonly #entries = new Map<string, JournalEntry>();
  readonly #nonces = new Set<string>();

  hasNonce(by: string, nonce: string): boolean {
    return this.#nonces.has(`${by} ${nonce}`);
  }

  find(by: string, id: CommandId): JournalEntry | null {
    return this.#entries.get(keyOf(by, id)) ?? null;
  }

  begin(entry: JournalEntry): void {
    this.#nonces.add(`${entry.by} ${entry.nonce}`);
    this.#entries.set(keyOf(entry.by, entry.id), entry);
    shed(this.#nonces);
    shed(this.#entries);
  }

  finish(entry: JournalEntry, result: CommandResult): void {
    this.#entries.set(keyOf(entry.by, entry.id), { ...entry, result });
  }
}

/** 7 and "7" are two ids. */
function keyOf(by: string, id: CommandId): string {
  return `${by} ${JSON.stringify(id)}`;
}

function shed(kept: Set<string> | Map<string, unknown>): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= MAX_ENTRIES) return;
    kept.delete(oldest);
  }
}
