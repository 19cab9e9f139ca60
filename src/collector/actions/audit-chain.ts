import { createHash } from 'node:crypto';

/** What an action did to the fleet, or somebody to an action. */
export const AUDITED = [
  'begun',
  'stage',
  'halted',
  'resumed',
  'aborted',
  'ended',
  'labelled',
  'refused',
  'asked',
  'answered',
  'archived',
] as const;
export type Audited = (typeof AUDITED)[number];

/** One line of the audit; each has the hash of the one before, so that none can be changed or taken out unseen. */
export interface AuditEntry {
  /** From 1 on, without gaps. */
  readonly n: number;
  /** Unix ms. */
  readonly at: number;
  /** Name of the token; `collector`: by itself, as the plan of an action says. */
  readonly by: string;
  readonly what: Audited;
  /** Id of the action; null where it is of none. */
  readonly action: string | null;
  /** JSON: with which numbers and reasons. */
  readonly detail: string;
  /** Hash of the entry before; 64 zeros before the first. */
  readonly previous: string;
  /** SHA-256 of all of that, lower-case hex. */
  readonly hash: string;
}

/** What an entry says, before it has its place. */
export type AuditNews = Pick<AuditEntry, 'at' | 'by' | 'what' | 'action'> & { readonly detail: unknown };

/** Where a chain ends. */
export type AuditHead = Pick<AuditEntry, 'n' | 'hash'>;

/** Of an audit without entries. */
export const NO_AUDIT: AuditHead = { n: 0, hash: '0'.repeat(64) };

/** Entries that go on where a chain ends. */
export function chained(head: AuditHead, news: readonly AuditNews[]): AuditEntry[] {
  let last = head;
  return news.map(({ at, by, what, action, detail }) => {
    const entry = { n: last.n + 1, at, by, what, action, detail: JSON.stringify(detail), previous: last.hash };
    const whole = { ...entry, hash: hashOf(entry) };
    last = whole;
    return whole;
  });
}

/**
 * What is wrong with entries that follow one another, oldest first.
 *
 * @param head the one before the first of them
 * @returns null: nothing
 */
export function brokenAt(head: AuditHead, entries: readonly AuditEntry[]): string | null {
  let last = head;
  for (const entry of entries) {
    if (entry.n !== last.n + 1) return `entry ${last.n + 1} is missing`;
    if (entry.previous !== last.hash) return `entry ${entry.n} does not follow the one before it`;
    if (hashOf(entry) !== entry.hash) return `entry ${entry.n} was changed`;
    last = entry;
  }
  return null;
}

const hashOf = ({ n, at, by, what, action, detail, previous }: Omit<AuditEntry, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([n, at, by, what, action, detail, previous]))
    .digest('hex');
