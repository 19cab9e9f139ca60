import { createPublicKey, type KeyObject } from 'node:crypto';
import { explain } from '../../foundation/errors.js';
import type { z } from '../../foundation/validate.js';
import { parsePublicKey } from '../../telemetry/commands/keys.js';
import { canonicalJson } from './canonical-json.js';
import { parseSigned, type SignedFile } from './chain-files.js';
import type { EvidenceSource } from './evidence-source.js';
import {
  ANCHOR,
  HEAD,
  numberOfPicture,
  numberOfRecord,
  PICTURES,
  PUBLIC_KEY,
  RECORDS,
  recordName,
  STATEMENT,
  wholeOf,
} from './layout.js';
import {
  type ChainAnchor,
  type ChainHead,
  chainAnchor,
  chainHead,
  type EvidenceRecord,
  type ExportStatement,
  evidenceRecord,
  exportStatement,
  NO_HASH,
} from './record.js';
import { chainHashOf, isSignedWith } from './signed-text.js';

/** What can be wrong with evidence. */
export const EVIDENCE_FAULTS = [
  'key',
  'changed',
  'removed',
  'reordered',
  'inserted',
  'picture-changed',
  'picture-removed',
  'picture-inserted',
  'end-removed',
  'beginning-removed',
] as const;
export type EvidenceFaultKind = (typeof EVIDENCE_FAULTS)[number];

export interface EvidenceFault {
  readonly kind: EvidenceFaultKind;
  /** File, or records, that it is about. */
  readonly what: string;
  /** For people. */
  readonly reason: string;
}

/** What a verification found. */
export interface EvidenceVerification {
  readonly faults: readonly EvidenceFault[];
  readonly chain: string | null;
  /** Id of the key that all was held against. */
  readonly key: string;
  /** Records that are there and right. */
  readonly records: number;
  /** Pictures that are there and right. */
  readonly pictures: number;
  /** Number of the last record, as the head says; null where there is no head. */
  readonly head: number | null;
  readonly headHash: string | null;
  /** What retention removed; null where it removed nothing. */
  readonly removedByRetention: Pick<ChainAnchor, 'n' | 'age' | 'quota' | 'writtenAt' | 'at'> | null;
  /** Pictures that whoever exported it left out. */
  readonly leftOut: number;
}

export interface VerifyOptions {
  /** The key that must have signed it, as `evidence key` prints it; absent: the one that lies with the evidence. */
  readonly key?: string;
  /** Heads that were told or remembered earlier: record `n` must have this hash, or have been removed by retention since. */
  readonly known?: readonly KnownHead[];
}

/** How far a chain was at some time, by somebody who need not be able to write it, and cannot be written by who can. */
export interface KnownHead {
  readonly n: number;
  readonly hash: string;
  /** Whose it is; absent: of the one that is verified. */
  readonly chain?: string;
  /** Who says so, for people. */
  readonly by: string;
}

/**
 * Holds evidence against its signatures, hashes and numbers. Nothing of what it says is believed before its signature is.
 *
 * @throws RangeError where the key that is to be used is none
 */
export async function verifyEvidence(
  source: EvidenceSource,
  options: VerifyOptions = {},
): Promise<EvidenceVerification> {
  return new Verifier(source, options).verify();
}

class Verifier {
  readonly #source: EvidenceSource;
  readonly #options: VerifyOptions;
  readonly #faults: EvidenceFault[] = [];
  #key: KeyObject | null = null;
  #chain: string | null = null;
  #records = 0;
  #pictures = 0;
  #leftOut = 0;
  readonly #named = new Set<string>();

  constructor(source: EvidenceSource, options: VerifyOptions) {
    this.#source = source;
    this.#options = options;
  }

  async verify(): Promise<EvidenceVerification> {
    const keyId = await this.#readKey();
    const head = await this.#signed(HEAD, chainHead);
    const anchor = await this.#signed(ANCHOR, chainAnchor);
    const statement = await this.#statementOf(head);
    const last = await this.#walk(anchor?.value ?? null, statement?.value ?? null);
    this.#checkEnd(head, last);
    this.#checkStrangers(statement === null ? last.n + 1 : null);
    return {
      faults: this.#faults,
      chain: this.#chain,
      key: keyId,
      records: this.#records,
      pictures: this.#pictures,
      head: head?.value.n ?? null,
      headHash: head?.value.hash ?? null,
      removedByRetention: anchor?.value ?? null,
      leftOut: this.#leftOut,
    };
  }

  #fault(kind: EvidenceFaultKind, what: string, reason: string): void {
    this.#faults.push({ kind, what, reason });
  }

  async #readKey(): Promise<string> {
    const given = this.#options.key;
    if (given !== undefined) {
      const { id, key } = parsePublicKey(given);
      this.#key = key;
      return id;
    }
    const pem = await this.#source.read(PUBLIC_KEY);
    try {
      const { id, key } = parsePublicKey(pem?.toString('utf8') ?? '');
      this.#key = createPublicKey(key.export({ type: 'spki', format: 'pem' }));
      return id;
    } catch (error) {
      this.#fault('key', PUBLIC_KEY, pem === null ? 'it is not there: name the key with --key' : explain(error));
      return '';
    }
  }

  /** A signed file besides records, where it is there and right. */
  async #signed<T extends { readonly chain: string }>(
    name: string,
    schema: z.ZodType<T>,
  ): Promise<SignedFile<T> | null> {
    const content = await this.#source.read(name);
    if (content === null) {
      if (name === HEAD) this.#fault('end-removed', name, 'it is not there: nothing says which record is the last');
      return null;
    }
    const found = parseSigned(content, schema);
    const reason = this.#complaint(found);
    if (found !== null && reason === null) return found;
    this.#fault('changed', name, reason ?? 'it is not what it should be');
    return null;
  }

  /** What the export says of what it left out; null where there is none, or that of another time, which says nothing of this head. */
  async #statementOf(head: SignedFile<ChainHead> | null): Promise<SignedFile<ExportStatement> | null> {
    const found = await this.#signed(STATEMENT, exportStatement);
    if (found === null) return null;
    if (found.value.n === head?.value.n && found.value.hash === head.value.hash) return found;
    this.#fault('changed', STATEMENT, `it is of an export that ended with record ${found.value.n}`);
    return null;
  }

  /** Why a signed text is not to be believed; null where it is. */
  #complaint(found: SignedFile<{ readonly chain: string }> | null): string | null {
    if (found === null) return 'it cannot be read';
    if (this.#key === null || !isSignedWith(found.text, this.#key)) return 'its signature is not that of the key';
    if (`${canonicalJson(found.value)}\n` !== found.text.signed) return 'it is not in canonical form';
    this.#chain ??= found.value.chain;
    return found.value.chain === this.#chain ? null : `it is of another chain, ${found.value.chain}`;
  }

  /** Every record in its order. @returns number and hash of the last that is there */
  async #walk(anchor: ChainAnchor | null, statement: ExportStatement | null): Promise<{ n: number; hash: string }> {
    let last = { n: anchor?.n ?? 0, hash: anchor?.hash ?? NO_HASH };
    this.#checkKnown(last.n, anchor === null ? null : last.hash);
    const withPictures = statement === null ? null : new Set(statement.withPictures);
    const numbers = this.#source.names
      .filter((name) => name.startsWith(`${RECORDS}/`))
      .map((name) => numberOfRecord(name.slice(RECORDS.length + 1)))
      .filter((n) => n !== null);
    for (const n of numbers.sort((a, b) => a - b)) {
      const name = `${RECORDS}/${recordName(n)}`;
      const found = parseSigned((await this.#source.read(name)) ?? new Uint8Array(), evidenceRecord);
      // what retention was about to remove when it was killed is still what it was, and counts for nothing
      if (n <= (anchor?.n ?? 0)) {
        if (found === null || this.#complaint(found) !== null)
          this.#fault('inserted', name, 'retention had removed up to here');
        else for (const { name: picture } of found.value.pictures) this.#named.add(picture);
        continue;
      }
      if (n > last.n + 1) this.#gap(last.n, n, anchor);
      const right = this.#checkRecord(name, n, found, n === last.n + 1 ? last.hash : null);
      if (right === null) {
        last = { n, hash: '' };
        continue;
      }
      this.#records++;
      last = { n, hash: chainHashOf(right.text) };
      this.#checkKnown(n, last.hash);
      await this.#checkPictures(right.value, withPictures);
    }
    return last;
  }

  #gap(from: number, to: number, anchor: ChainAnchor | null): void {
    const which = to - from === 2 ? `record ${from + 1}` : `records ${from + 1} to ${to - 1}`;
    if (from === 0 && anchor === null)
      this.#fault('beginning-removed', which, 'no anchor says that retention removed them');
    else this.#fault('removed', which, 'not there');
  }

  /** @param prev hash of the record before it; null where that is missing, empty where that is wrong itself */
  #checkRecord(
    name: string,
    n: number,
    found: SignedFile<EvidenceRecord> | null,
    prev: string | null,
  ): SignedFile<EvidenceRecord> | null {
    const complaint = this.#complaint(found);
    if (found === null || complaint !== null) {
      const foreign =
        found !== null && this.#key !== null && !isSignedWith(found.text, this.#key) && found.value.n !== n;
      this.#fault(foreign ? 'inserted' : 'changed', name, complaint ?? 'it cannot be read');
      return null;
    }
    if (found.value.n !== n) {
      this.#fault('reordered', name, `it is record ${found.value.n}`);
      return null;
    }
    if (prev !== null && prev !== '' && found.value.prev !== prev) {
      this.#fault('inserted', name, 'it does not follow the record before it');
    }
    return found;
  }

  async #checkPictures({ n, pictures }: EvidenceRecord, withPictures: ReadonlySet<number> | null): Promise<void> {
    for (const { name, sha256 } of pictures) {
      this.#named.add(name);
      const found = await this.#source.sha256(`${PICTURES}/${name}`);
      if (found === sha256) this.#pictures++;
      else if (found !== null)
        this.#fault('picture-changed', `${PICTURES}/${name}`, `record ${n} has another sha256 of it`);
      else if (withPictures !== null && !withPictures.has(n)) this.#leftOut++;
      else this.#fault('picture-removed', `${PICTURES}/${name}`, 'not there');
    }
  }

  #isOfAnother({ chain }: KnownHead): boolean {
    return chain !== undefined && this.#chain !== null && chain !== this.#chain;
  }

  #checkKnown(n: number, hash: string | null): void {
    for (const known of this.#options.known ?? []) {
      if (hash === null || known.n !== n || known.hash === hash || this.#isOfAnother(known)) continue;
      this.#fault('changed', `record ${n}`, `its hash is another than that of ${known.by}`);
    }
  }

  #checkEnd(head: SignedFile<ChainHead> | null, last: { n: number; hash: string }): void {
    const all = this.#options.known ?? [];
    for (const { by, chain, n } of all.filter((one) => this.#isOfAnother(one)))
      this.#fault('end-removed', `chain ${chain}`, `${by} says that ${n} records of it were written`);
    const said = all.filter((one) => !this.#isOfAnother(one)).map(({ n, by }) => ({ n, by }));
    // of two that say the same the head of the chain is named
    const { n: end, by } = said.reduce((a, b) => (b.n > a.n ? b : a), { n: head?.value.n ?? 0, by: 'the head' });
    if (last.n < end) {
      const which = end - last.n === 1 ? `record ${end}` : `records ${last.n + 1} to ${end}`;
      this.#fault('end-removed', which, `${by} says that they were written`);
    } else if (head !== null && last.n === head.value.n && last.hash !== '' && last.hash !== head.value.hash) {
      this.#fault('changed', HEAD, `it has another hash of record ${last.n}`);
    }
  }

  /** Pictures that no record names. @param coming number of the record that may just be written; null where none is */
  #checkStrangers(coming: number | null): void {
    for (const name of this.#source.names) {
      const picture = name.startsWith(`${PICTURES}/`) ? name.slice(PICTURES.length + 1) : null;
      if (picture === null || this.#named.has(picture)) continue;
      const n = numberOfPicture(picture);
      const begun = numberOfPicture(wholeOf(picture));
      if (begun !== null && begun === coming) continue;
      // of a record that is wrong itself nothing is known
      if (n !== null && this.#faults.some(({ what }) => what.includes(recordName(n)) || what === `record ${n}`))
        continue;
      this.#fault('picture-inserted', name, 'no record names it');
    }
  }
}
