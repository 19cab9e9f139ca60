import { numberOfPicture, numberOfRecord } from '../../evidence/chain/layout.js';
import type { EvidenceVerification } from '../../evidence/chain/verify.js';
import { type GrowingChain, verifyGrowing } from '../../evidence/chain/verify-growing.js';
import type { TenantId } from '../../foundation/scope.js';
import { type AskedOutcome, AskedWork } from '../asked-work.js';
import type { VerificationPort, VerifiedChain } from './verification-routes.js';

/** A chain that can be verified, and whose it is. */
export interface OwnedChain {
  readonly tenant: TenantId;
  readonly chain: GrowingChain & { readonly id: string };
}

/** With what chains are verified. */
export interface VerificationsParts {
  readonly owners: () => readonly OwnedChain[];
  /** The device's public key, as `evidence key` prints it. */
  readonly key: () => string;
  /** Unix ms. */
  readonly now: () => number;
  /** Default: in a thread of its own. */
  readonly verify?: typeof verifyGrowing;
}

/** What was found is given again for so long: nobody can keep the device busy by asking. */
const FRESH_MS = 60_000;
const LONGEST_MS = 300_000;
const MOST_FAULTS = 20;

/** Verifications on demand: one chain at a time, bounded in time, beside everything else. */
export class Verifications implements VerificationPort {
  readonly #parts: VerificationsParts;
  readonly #found = new Map<TenantId, VerifiedChain>();
  readonly #work = new AskedWork<TenantId>(LONGEST_MS);

  constructor(parts: VerificationsParts) {
    this.#parts = parts;
  }

  /** How it stands with the chains of these owners. */
  of(sees: (tenant: TenantId) => boolean): VerifiedChain[] {
    return this.#owned(sees).map(({ tenant, chain }) => this.#found.get(tenant) ?? unverified(tenant, chain.id));
  }

  /** Begins with those that are not under way and were not verified a moment ago. @returns as `of` */
  begin(sees: (tenant: TenantId) => boolean): VerifiedChain[] {
    const now = this.#parts.now();
    for (const { tenant, chain } of this.#owned(sees)) {
      const found = this.#found.get(tenant) ?? unverified(tenant, chain.id);
      const endedAt = found.endedAt ?? Number.NEGATIVE_INFINITY;
      const isFresh = now >= endedAt && now - endedAt < FRESH_MS;
      if (found.state === 'running' || isFresh) continue;
      this.#found.set(tenant, { ...found, state: 'running', startedAt: now });
      const { key, verify = verifyGrowing } = this.#parts;
      this.#work.ask(
        tenant,
        (signal) => verify(chain, key(), signal),
        (outcome) => this.#ended({ ...unverified(tenant, chain.id), startedAt: now }, outcome),
      );
    }
    return this.of(sees);
  }

  /** Ends what is under way. */
  stop(): Promise<void> {
    return this.#work.stop();
  }

  #owned(sees: (tenant: TenantId) => boolean): readonly OwnedChain[] {
    return this.#parts.owners().filter(({ tenant }) => sees(tenant));
  }

  #ended(begun: VerifiedChain, outcome: AskedOutcome<EvidenceVerification>): void {
    const became = 'made' in outcome ? told(outcome.made) : { state: 'failed' as const, failure: outcome.failure };
    this.#found.set(begun.tenant, { ...begun, ...became, endedAt: this.#parts.now() });
  }
}

const unverified = (tenant: TenantId, chain: string): VerifiedChain => ({
  tenant,
  chain,
  state: 'none',
  startedAt: null,
  endedAt: null,
  failure: null,
  first: null,
  last: null,
  records: 0,
  pictures: 0,
  removedUpTo: null,
  brokenAt: null,
  faults: [],
  moreFaults: 0,
});

function told({ faults, records, pictures, head, removedByRetention }: EvidenceVerification): Partial<VerifiedChain> {
  const numbered = faults.map((fault) => ({ ...fault, record: recordOf(fault.what) }));
  const broken = numbered.flatMap(({ record }) => record ?? []);
  const removedUpTo = removedByRetention?.n ?? null;
  return {
    state: faults.length === 0 ? 'verified' : 'broken',
    first: records === 0 ? null : (removedUpTo ?? 0) + 1,
    last: records === 0 ? null : head,
    records,
    pictures,
    removedUpTo,
    brokenAt: broken.length === 0 ? null : Math.min(...broken),
    faults: numbered.slice(0, MOST_FAULTS),
    moreFaults: Math.max(0, numbered.length - MOST_FAULTS),
  };
}

/** The record that a fault is about, by the file or the words that name it; null: it is about none. */
function recordOf(what: string): number | null {
  const name = what.slice(what.lastIndexOf('/') + 1);
  const inWords = /^records? (\d+)/.exec(what)?.[1];
  return numberOfRecord(name) ?? numberOfPicture(name) ?? (inWords === undefined ? null : Number(inWords));
}
