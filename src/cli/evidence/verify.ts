import { setTimeout } from 'node:timers/promises';
import { openEvidence } from '../../evidence/chain/evidence-source.js';
import { rememberedHeads } from '../../evidence/chain/remembered-head.js';
import {
  type EvidenceVerification,
  type KnownHead,
  type VerifyOptions,
  verifyEvidence,
} from '../../evidence/chain/verify.js';
import { ConfigError } from '../../foundation/errors.js';
import { FAILED } from '../exit-codes.js';
import { print, printJson } from '../print.js';
import { longTime } from '../times.js';
import { type EvidenceFlags, noteLocally, placeOfEvidence } from './place.js';
import { type KeptHead, keptHead } from './told-heads.js';

export interface VerifyEvidenceOptions extends EvidenceFlags {
  readonly key?: string;
  /** What was told earlier, as it was typed: see `keptHead`. */
  readonly head?: readonly string[];
}

/** A record is being written, or retention at work: what looks wrong then is right a moment later. */
const AGAIN_MS = 500;

/**
 * `evidence verify`.
 *
 * @returns 1 where something is wrong
 * @throws ConfigError where there is no evidence, or a key or a head is none; EdgeError where it cannot be read
 */
export async function verify(place: string | undefined, options: VerifyEvidenceOptions): Promise<number> {
  const { head = [], json, ...flags } = options;
  const kept = head.map(keptHead);
  const { key, from } = keyOf(options.key, kept);
  const own = place === undefined ? placeOfEvidence(flags) : null;
  const folder = place ?? own!.folder;
  if (place === undefined) await noteLocally(folder, { what: 'verify', n: null });
  const known = [
    ...kept.map((one) => one.known).filter(({ n }) => n > 0),
    ...(own === null ? [] : await rememberedBy(own.heads)),
  ];
  const wanted = { ...(key !== undefined && { key }), known };
  let found = await verifyOnce(folder, wanted);
  if (found.faults.length > 0 && place === undefined) {
    await setTimeout(AGAIN_MS);
    found = await verifyOnce(folder, wanted);
  }
  if (json) printJson({ ...found, anchors: known.map(({ by, n, hash }) => ({ by, n, hash })) });
  else for (const line of linesOf(found, from, known)) print(line);
  return found.faults.length === 0 ? 0 : FAILED;
}

/** The key that all is held against, and where it is from: what lies with the evidence is believed last. */
function keyOf(typed: string | undefined, kept: readonly KeptHead[]): { key: string | undefined; from: string } {
  if (typed !== undefined) return { key: typed, from: '' };
  const named = kept.filter(({ publicKey }) => publicKey !== null);
  const first = named[0];
  if (first === undefined) return { key: undefined, from: ' (the one that lies with it)' };
  const other = named.find(({ publicKey }) => publicKey !== first.publicKey);
  if (other !== undefined) {
    throw new ConfigError('nothing was verified', [
      `--head: ${first.known.by} and ${other.known.by} name two keys: say with --key which one signed the evidence`,
    ]);
  }
  return { key: first.publicKey!, from: ` (as ${first.known.by} names it)` };
}

/** What the device itself remembers outside of the folder. */
async function rememberedBy(heads: string): Promise<KnownHead[]> {
  return (await rememberedHeads(heads))
    .filter(({ n }) => n > 0)
    .map(({ n, hash, chain }) => ({ n, hash, chain, by: `the device (${heads})` }));
}

async function verifyOnce(folder: string, options: VerifyOptions): Promise<EvidenceVerification> {
  const source = await openEvidence(folder);
  try {
    return await verifyEvidence(source, options);
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigError('nothing was verified', [`--key: ${error.message}`], error);
    throw error;
  } finally {
    await source.close();
  }
}

function linesOf(found: EvidenceVerification, keyFrom: string, known: readonly KnownHead[]): string[] {
  const { faults, chain, key, records, pictures, head, headHash, removedByRetention: removed, leftOut } = found;
  const lines = [`chain ${chain ?? 'unknown'}, key ${key || 'unknown'}${keyFrom}`];
  if (removed !== null) {
    lines.push(
      `records 1 to ${removed.n} were removed by retention: ${removed.age} for their age, ${removed.quota} for want of room; the last was written ${longTime(removed.writtenAt)} UTC`,
    );
  }
  lines.push(`${records} records and ${pictures} pictures are right`);
  if (leftOut > 0) lines.push(`${leftOut} pictures were left out by the export`);
  if (head !== null) lines.push(`the last record is ${head}, with the hash ${headHash}`);
  if (known.length === 0) lines.push('held against no head from elsewhere: name one with --head');
  for (const { by, n } of known) lines.push(`held against record ${n} of ${by}`);
  for (const { kind, what, reason } of faults) lines.push(`${kind.toUpperCase()} ${what}: ${reason}`);
  lines.push(
    faults.length === 0
      ? 'nothing was changed, removed, inserted or put into another order'
      : faults.length === 1
        ? '1 fault'
        : `${faults.length} faults`,
  );
  return lines;
}
