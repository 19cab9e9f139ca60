import type { CommandKey } from '../../telemetry/commands/keys.js';
import { type ArchivedDetail, archivedDetail, auditLines, isArchivedBy } from './audit-archive.js';
import { type AuditEntry, type AuditHead, brokenAt, NO_AUDIT } from './audit-chain.js';

/** What an audit that was read comes to. */
export interface AuditVerdict {
  /** What is wrong with it; null: nothing. */
  readonly broken: string | null;
  /** Numbers of the first and last entry; null: there is none. */
  readonly from: number | null;
  readonly through: number | null;
}

/**
 * Judges all entries that are at hand, those of files and those of a collector, in whatever order and some of them twice: each follows
 * the one before, and what is missing at the beginning was put away, as an entry says.
 *
 * @param key must have signed that; null: nobody need have
 */
export function auditVerdict(entries: readonly AuditEntry[], key: CommandKey | null): AuditVerdict {
  const byNumber = new Map<number, AuditEntry>();
  for (const entry of entries) {
    const other = byNumber.get(entry.n);
    if (other !== undefined && auditLines([other]) !== auditLines([entry]))
      return told(entries, `there are two entries ${entry.n}`);
    byNumber.set(entry.n, entry);
  }
  const ordered = [...byNumber.values()].sort((a, b) => a.n - b.n);
  const [first] = ordered;
  if (first === undefined) return told([], null);
  const archived = ordered.flatMap((entry) => archivedIn(entry));
  const head = headBefore(first, archived, key);
  if (typeof head === 'string') return told(ordered, head);
  return told(ordered, brokenAt(head, ordered) ?? wrongIn(archived, byNumber, key));
}

function archivedIn({ what, detail }: AuditEntry): ArchivedDetail[] {
  if (what !== 'archived') return [];
  const read = archivedDetail.safeParse(JSON.parse(detail));
  return read.success ? [read.data] : [];
}

/** Where the chain goes on, or why it does not. */
function headBefore(
  first: AuditEntry,
  archived: readonly ArchivedDetail[],
  key: CommandKey | null,
): AuditHead | string {
  if (first.n === 1) return NO_AUDIT;
  const found = archived.find(({ through, hash }) => through === first.n - 1 && hash === first.previous);
  const missing = `entries 1 to ${first.n - 1} are missing`;
  if (found === undefined) return `${missing}, and no entry says that they were put into a file`;
  if (key !== null && !isArchivedBy(found, key))
    return `${missing}, and this key did not sign that they were put into a file`;
  return { n: found.through, hash: found.hash };
}

/** What an entry says of others that are at hand. */
function wrongIn(
  archived: readonly ArchivedDetail[],
  byNumber: ReadonlyMap<number, AuditEntry>,
  key: CommandKey | null,
): string | null {
  for (const one of archived) {
    const last = byNumber.get(one.through);
    if (last !== undefined && last.hash !== one.hash)
      return `entry ${one.through} is another one than was put into ${one.file}`;
    if (key !== null && !isArchivedBy(one, key)) return `this key did not sign that ${one.file} was put away`;
  }
  return null;
}

const told = (ordered: readonly AuditEntry[], broken: string | null): AuditVerdict => ({
  broken,
  from: ordered[0]?.n ?? null,
  through: ordered.at(-1)?.n ?? null,
});
