import type { CommandKey } from '../../telemetry/commands/keys.js';
import { type ArchivedDetail, archivedDetail, auditLine, isArchivedBy } from './audit-archive.js';
import { type AuditEntry, type AuditHead, brokenAt, NO_AUDIT } from './audit-chain.js';
import { type AuditSource, mergedAudit } from './audit-merge.js';

/** What an audit that was read comes to. */
export interface AuditVerdict {
  /** What is wrong with it; null: nothing. */
  readonly broken: string | null;
  /** Numbers of the first and last entry; null: there is none. */
  readonly from: number | null;
  readonly through: number | null;
}

/** Entries `archived` that are held before what they say is compared with what is at hand: about 2 MB. */
const MOST_HELD = 10_000;

/**
 * Judges all entries that are at hand, those of files and those of a collector, some of them twice: each follows the one before, and what is
 * missing at the beginning was put away, as an entry says. One entry is held of each source that is open, whatever the length of the chain;
 * sources are read once more where an entry says that some of what is at hand was put away.
 *
 * @param key must have signed that; null: nobody need have
 * @throws as the sources do
 */
export async function auditVerdict(sources: readonly AuditSource[], key: CommandKey | null): Promise<AuditVerdict> {
  const chain = new AuditReading();
  let held: ArchivedDetail[] = [];
  let wrong: string | null = null;
  for await (const entry of mergedAudit(sources)) {
    for (const archived of chain.add(entry)) if (wrong === null) held.push(archived);
    if (held.length < MOST_HELD) continue;
    wrong = await wrongIn(held, chain.from!, sources, key);
    held = [];
  }
  const { from, through } = chain;
  if (from === null) return { broken: null, from, through };
  const broken = chain.broken(key) ?? wrong ?? (await wrongIn(held, from, sources, key));
  return { broken, from, through };
}

/** A chain of which one entry after the other is seen, oldest first; the last one is held. */
class AuditReading {
  #first: AuditEntry | null = null;
  #last: AuditEntry | null = null;
  #doubled: string | null = null;
  #broken: string | null = null;
  /** What says where the entries before the first one are. */
  #before: ArchivedDetail | null = null;

  get from(): number | null {
    return this.#first?.n ?? null;
  }

  get through(): number | null {
    return this.#last?.n ?? null;
  }

  /** @returns what it says of entries that were put away: one such thing or nothing */
  add(entry: AuditEntry): ArchivedDetail[] {
    const last = this.#last;
    this.#last = entry;
    if (last?.n === entry.n) {
      if (auditLine(last) !== auditLine(entry)) this.#doubled ??= `there are two entries ${entry.n}`;
      return [];
    }
    this.#first ??= entry;
    this.#broken ??= brokenAt(last ?? headOf(entry), [entry]);
    const archived = archivedIn(entry);
    const { n, previous } = this.#first;
    this.#before ??= archived.find(({ through, hash }) => through === n - 1 && hash === previous) ?? null;
    return archived;
  }

  /** What is wrong with all that was seen; null: nothing. */
  broken(key: CommandKey | null): string | null {
    return this.#doubled ?? this.#missing(key) ?? this.#broken;
  }

  /** Why the chain does not go on from what is not at hand. */
  #missing(key: CommandKey | null): string | null {
    const first = this.#first?.n ?? 1;
    if (first === 1) return null;
    const missing = `entries 1 to ${first - 1} are missing`;
    if (this.#before === null) return `${missing}, and no entry says that they were put into a file`;
    if (key === null || isArchivedBy(this.#before, key)) return null;
    return `${missing}, and this key did not sign that they were put into a file`;
  }
}

/** What a first entry follows: whether that was put away is asked apart from this. */
const headOf = ({ n, previous }: AuditEntry): AuditHead => (n === 1 ? NO_AUDIT : { n: n - 1, hash: previous });

function archivedIn({ what, detail }: AuditEntry): ArchivedDetail[] {
  if (what !== 'archived') return [];
  try {
    return [archivedDetail.parse(JSON.parse(detail))];
  } catch {
    // says nothing of where anything is
    return [];
  }
}

/** What entries say of others that are at hand. @param from number of the first one that is */
async function wrongIn(
  archived: readonly ArchivedDetail[],
  from: number,
  sources: readonly AuditSource[],
  key: CommandKey | null,
): Promise<string | null> {
  const hashes = await hashesOf(new Set(archived.map(({ through }) => through).filter((n) => n >= from)), sources);
  for (const one of archived) {
    if ((hashes.get(one.through) ?? one.hash) !== one.hash)
      return `entry ${one.through} is another one than was put into ${one.file}`;
    if (key !== null && !isArchivedBy(one, key)) return `this key did not sign that ${one.file} was put away`;
  }
  return null;
}

/** Of these entries, by number, as far as they are at hand. */
async function hashesOf(numbers: ReadonlySet<number>, sources: readonly AuditSource[]): Promise<Map<number, string>> {
  const hashes = new Map<number, string>();
  if (numbers.size === 0) return hashes;
  for await (const { n, hash } of mergedAudit(sources)) {
    if (numbers.has(n)) hashes.set(n, hash);
    if (hashes.size === numbers.size) break;
  }
  return hashes;
}
