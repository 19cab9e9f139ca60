import { numberOfPicture, numberOfRecord } from '../../evidence/chain/layout.js';
import type { EvidenceVerification } from '../../evidence/chain/verify.js';
import { type GrowingChain, verifyGrowing } from '../../evidence/chain/verify-growing.js';
import { explain } from '../../foundation/errors.js';
import type { TenantId } from '../../foundation/scope.js';
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
  readonly #wanted = new Set<TenantId>();
  #stopping = new AbortController();
  #working: Promise<void> | null = null;

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
      this.#wanted.add(tenant);
    }
    if (this.#wanted.size > 0) {
      this.#working ??= this.#work().finally(() => {
        this.#working = null;
      });
    }
    return this.of(sees);
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('the program stops'));
    await this.#working;
    this.#stopping = new AbortController();
  }

  #owned(sees: (tenant: TenantId) => boolean): readonly OwnedChain[] {
    return this.#parts.owners().filter(({ tenant }) => sees(tenant));
  }

  async #work(): Promise<void> {
    for (const tenant of this.#wanted) {
      const owned = this.#owned((one) => one === tenant)[0];
      if (owned !== undefined) this.#found.set(tenant, await this.#verify(owned));
      this.#wanted.delete(tenant);
    }
  }

  async #verify({ tenant, chain }: OwnedChain): Promise<VerifiedChain> {
    const { key, now, verify = verifyGrowing } = this.#parts;
    const startedAt = this.#found.get(tenant)?.startedAt ?? now();
    const limit = AbortSignal.timeout(LONGEST_MS);
    const common = { ...unverified(tenant, chain.id), startedAt };
    try {
      const found = await verify(chain, key(), AbortSignal.any([limit, this.#stopping.signal]));
      return { ...common, ...told(found), endedAt: now() };
    } catch (error) {
      const failure = limit.aborted ? `it took longer than ${LONGEST_MS / 1000} s` : explain(error);
      return { ...common, state: 'failed', failure, endedAt: now() };
    }
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
