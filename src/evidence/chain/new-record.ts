import { sha256Of } from '../../foundation/sha256.js';
import type { SigningKey } from '../../telemetry/commands/keys.js';
import { pictureName } from './layout.js';
import type { ChainAnchor, ChainHead, EvidenceDraft, EvidencePicture, EvidenceRecord } from './record.js';
import { bytesOnDisk } from './retention.js';
import { fileOf, type SignedLines, signText } from './signed-text.js';

/** An encoded picture that is to go into a record. */
export interface NewPicture extends Omit<EvidencePicture, 'name' | 'bytes' | 'sha256'> {
  readonly format: 'jpg' | 'webp' | 'avif';
  readonly data: Uint8Array;
}

/** A record that is signed and not written yet. */
export interface NewRecord {
  readonly value: EvidenceRecord;
  readonly text: SignedLines;
  readonly files: readonly { readonly name: string; readonly data: Uint8Array }[];
  /** That it takes on the disk with its pictures. */
  readonly bytes: number;
}

/** The record that follows a head. @param at Unix ms */
export function newRecord(
  draft: EvidenceDraft,
  pictures: readonly NewPicture[],
  { n: last, hash: prev, chain }: ChainHead,
  { key, at }: { readonly key: SigningKey; readonly at: number },
): NewRecord {
  const n = last + 1;
  const named = pictures.map(({ format, data, ...rest }) => ({
    ...rest,
    name: pictureName(n, rest.role, format),
    bytes: data.length,
    sha256: sha256Of(data),
  }));
  const value: EvidenceRecord = { ...draft, v: 1, kind: 'record', chain, key: key.id, n, prev, at, pictures: named };
  const text = signText(value, key);
  return {
    value,
    text,
    files: named.map(({ name }, i) => ({ name, data: pictures[i]!.data })),
    bytes: bytesOnDisk([Buffer.byteLength(fileOf(text)), ...named.map((one) => one.bytes)]),
  };
}

/** What says that the records up to `last` are gone. @param before what said so of those before; null where none were gone */
export function anchorAt(
  last: { readonly n: number; readonly hash: string; readonly at: number },
  before: ChainAnchor | null,
  { age, quota }: { readonly age: number; readonly quota: number },
  { chain, key, at }: { readonly chain: string; readonly key: SigningKey; readonly at: number },
): ChainAnchor {
  return {
    v: 1,
    kind: 'anchor',
    chain,
    key: key.id,
    n: last.n,
    hash: last.hash,
    at,
    age: (before?.age ?? 0) + age,
    quota: (before?.quota ?? 0) + quota,
    writtenAt: last.at,
  };
}
