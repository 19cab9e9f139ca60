import type { CommandLog, LoggedCommand } from '../../store/command-log.js';
import type { CommandId } from '../../telemetry/commands/envelope.js';
import type { CommandJournal, JournalEntry } from '../../telemetry/commands/journal.js';
import type { CommandResult } from '../../telemetry/mqtt/messages/command.js';

/** Characters of an answer that are kept: pictures are not. */
const MAX_STORED = 16_384;

/** What was commanded, kept in the history. */
export class StoredJournal implements CommandJournal {
  readonly #log: CommandLog;
  readonly #now: () => number;

  /** @param now Unix ms */
  constructor(log: CommandLog, now: () => number = Date.now) {
    this.#log = log;
    this.#now = now;
  }

  get remembersFrom(): number {
    return this.#log.reachesBackTo;
  }

  hasNonce(by: string, nonce: string): boolean {
    return this.#log.hasNonce(by, nonce);
  }

  find(by: string, id: CommandId): JournalEntry | null {
    const found = this.#log.find(by, JSON.stringify(id));
    if (found === null) return null;
    const { nonce, name, toSite, at } = found;
    const body = JSON.parse(found.body) as JournalEntry['body'];
    const result = found.result === null ? null : (JSON.parse(found.result) as CommandResult);
    return { by, id, nonce, name, toSite, body, at, result };
  }

  begin(entry: JournalEntry): void {
    this.#log.put(loggedOf(entry));
  }

  finish(entry: JournalEntry, result: CommandResult): void {
    this.#log.put({ ...loggedOf(entry), doneAt: this.#now(), result: stored(result) });
  }
}

function loggedOf({ by, id, nonce, name, toSite, body, at }: JournalEntry): LoggedCommand {
  return {
    at,
    key: by,
    id: JSON.stringify(id),
    nonce,
    name,
    toSite,
    body: JSON.stringify(body),
    doneAt: null,
    result: null,
  };
}

/** An answer that is too long loses its longest texts: whoever needs them asks anew. */
function stored(result: CommandResult): string {
  const whole = JSON.stringify(result);
  if (whole.length <= MAX_STORED || result.result === undefined) return whole;
  const short = Object.entries(result.result).filter(([, value]) => JSON.stringify(value).length <= 1000);
  return JSON.stringify({ ...result, result: { ...Object.fromEntries(short.slice(0, 15)), shortened: true } });
}
