import { join } from 'node:path';
import { EdgeError } from '../../foundation/errors.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import type { FoundChain, KeptRecord, SignedFile } from './chain-files.js';
import { PICTURES, RECORDS, recordName } from './layout.js';
import { type ChainAnchor, type ChainHead, NO_HASH } from './record.js';
import { isSignedWith, signText } from './signed-text.js';

type FoundRecord = FoundChain['records'][number];

/** A chain as it goes on from what was found of it. */
export interface MendedChain {
  readonly head: SignedFile<ChainHead>;
  /** Whether the head must be written anew. */
  readonly headIsBehind: boolean;
  readonly anchor: ChainAnchor | null;
  readonly records: readonly KeptRecord[];
  /** Files to remove, relative to the folder. */
  readonly remove: readonly string[];
  /** Records that were begun and of which nothing is left. */
  readonly interrupted: number;
  /** What no kill can have done, for people. */
  readonly faults: readonly string[];
}

export interface MendingOptions {
  readonly key: SigningKey;
  /** Unix ms. */
  readonly at: number;
  readonly newId: () => string;
}

/**
 * How a chain goes on after a kill or a power cut at any moment: a record that is whole and follows the head is the new head; pictures
 * without a record, and half-written files, go; so does what retention had begun to remove. What no kill explains is a fault: it is
 * left as it is, for a verification to find, and the chain goes on from its head, or from the last record that this key signed where that is
 * farther: nothing that it signed is ever removed for it, or written over.
 *
 * @throws EdgeError E_OUTPUT where another key signed the chain
 */
export function mendedChain(found: FoundChain, { key, at, newId }: MendingOptions): MendedChain {
  const faults: string[] = [];
  const owner = (found.head ?? found.anchor)?.value ?? found.records.find(({ record }) => record)?.record?.value;
  if (owner !== undefined && owner.key !== key.id) throw ofAnotherKey(owner.key, key.id);
  const chain = owner?.chain ?? newId();
  const anchor = trusted(found.anchor, key, 'anchor', faults);
  const removedTo = anchor?.n ?? 0;
  const records = found.records.filter(({ n }) => n > removedTo);
  const head = trusted(found.head, key, 'head', faults);
  if (head === null && (records.length > 0 || anchor !== null)) faults.push('the head is missing');
  let last = head !== null && head.n >= removedTo ? head : { n: removedTo, hash: anchor?.hash ?? NO_HASH };
  const isOurs = ({ n, record }: FoundRecord): boolean =>
    record?.value.n === n && record.value.chain === chain && isSignedWith(record.text, key.key);
  const end = records.findLast(isOurs)?.n ?? last.n;
  const kept: KeptRecord[] = [];
  const remove = [...found.remains, ...found.stale];
  let interrupted = 0;
  for (const found of records) {
    const { record, ...one } = found;
    const isBefore = one.n <= last.n;
    const ours = !isBefore && isOurs(found);
    if (ours && !(one.n === last.n + 1 && record?.value.prev === last.hash))
      faults.push(`record ${one.n} does not follow record ${last.n}`);
    if (isBefore || ours || one.n < end) kept.push(one);
    if (ours) last = one;
    else if (!isBefore && one.n > end && record === null) {
      // its file was made and never filled: a power cut on a file system that does so
      remove.push(join(RECORDS, recordName(one.n)));
      interrupted++;
    } else if (!isBefore) faults.push(`record ${one.n} does not follow record ${last.n}`);
  }
  const lost = missing(kept, removedTo, last.n);
  if (lost > 0) faults.push(`${lost} of the records ${removedTo + 1} to ${last.n} are not there`);
  // a picture of a record that is there, which the record does not name, is left for a verification
  const orphans = [...found.pictures].filter(([n]) => n <= removedTo || n > last.n);
  remove.push(...found.records.filter(({ n }) => n <= removedTo).map(({ n }) => join(RECORDS, recordName(n))));
  remove.push(...orphans.flatMap(([, names]) => names.map((name) => join(PICTURES, name))));
  const begun = orphans.some(([n]) => n > last.n) || found.remains.length > 0;
  const headIsBehind = head === null || head.n !== last.n;
  const value: ChainHead = { v: 1, kind: 'head', chain, key: key.id, n: last.n, hash: last.hash, at };
  return {
    head: headIsBehind ? { value, text: signText(value, key) } : { value: head, text: found.head!.text },
    headIsBehind,
    anchor,
    records: withHashes(kept, found, last),
    remove,
    interrupted: interrupted + (begun ? 1 : 0),
    faults,
  };
}

/** One that cannot be read has the hash that the one after it, or the head, names: an anchor that is set there needs it. */
function withHashes(
  kept: readonly KeptRecord[],
  { records }: FoundChain,
  last: { readonly n: number; readonly hash: string },
): KeptRecord[] {
  const named = new Map(records.map(({ n, record }) => [n - 1, record?.value.prev ?? '']));
  named.set(last.n, last.hash);
  return kept.map((one) => (one.hash === '' ? { ...one, hash: named.get(one.n) || NO_HASH } : one));
}

/** What a signed file says, where this key signed it. */
function trusted<T>(found: SignedFile<T> | null, key: SigningKey, what: string, faults: string[]): T | null {
  if (found === null) return null;
  if (isSignedWith(found.text, key.key)) return found.value;
  faults.push(`the ${what} was changed`);
  return null;
}

function missing(kept: readonly KeptRecord[], from: number, to: number): number {
  return to - from - kept.filter(({ n }) => n > from && n <= to).length;
}

function ofAnotherKey(theirs: string, ours: string): EdgeError {
  return new EdgeError(
    'E_OUTPUT',
    `the evidence was signed with the key ${theirs}, and the device's is ${ours}: bring the key back, or move the folder of the evidence aside, and a new chain begins`,
    { permanent: true },
  );
}
