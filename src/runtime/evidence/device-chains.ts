import type { EvidenceTotals } from '../../evidence/metrics.js';
import { addedRations, type DayRationCounts } from '../../evidence/push/day-ration.js';
import { addedPush, type PushHealth } from '../../evidence/push/push-queue.js';
import { explain } from '../../foundation/errors.js';
import type { TenantId } from '../../foundation/scope.js';
import { OwnedEvidence, type OwnedEvidenceOptions } from './owned-evidence.js';

/** What the chains of all owners have in common; the rest of the totals is the cameras'. */
type SumOfChains = Pick<EvidenceTotals, 'records' | 'bytes' | 'removedByAge' | 'removedByQuota' | 'push' | 'ration'>;

/** Whose evidence this device keeps: its own, and that of each tenant; none before the start and after the end. */
export class DeviceChains {
  readonly #owners = new Map<TenantId, OwnedEvidence>();

  /** Opens the chain of one, unless it is open. @throws as `OwnedEvidence.open` */
  async open(tenant: TenantId, options: OwnedEvidenceOptions): Promise<void> {
    if (!this.#owners.has(tenant)) this.#owners.set(tenant, await OwnedEvidence.open(options));
  }

  async close(): Promise<void> {
    for (const owned of this.#owners.values()) {
      owned.tellHead();
      await owned.close();
    }
    this.#owners.clear();
  }

  get isOpen(): boolean {
    return this.#owners.size > 0;
  }

  of(tenant: TenantId): OwnedEvidence | undefined {
    return this.#owners.get(tenant);
  }

  chains() {
    return [...this.#owners].map(([tenant, { chain }]) => ({ tenant, chain }));
  }

  /** What is wrong with the chains as they were found, for people. */
  get faults(): readonly string[] {
    return this.#all.flatMap((one) => one.faults);
  }

  /** Tells whoever listens how far each chain is, where that is news. */
  tellHeads(): void {
    for (const owned of this.#all) owned.tellHead();
  }

  /** What waits may be sent. */
  wake(): void {
    for (const owned of this.#all) owned.wake();
  }

  /** Removes what is too old or too much, of those that are still open. @param failed hears why that could not be done to one */
  async prune(failed: (reason: string) => void): Promise<void> {
    for (const { chain } of this.#owners.values())
      await chain.prune().catch((error: unknown) => failed(explain(error)));
  }

  /** Of all that are sent; null where nothing is. */
  push(): PushHealth | null {
    const [first, ...others] = this.#all.flatMap((one) => one.push() ?? []);
    return first === undefined ? null : others.reduce(addedPush, first);
  }

  /** Records for which older ones made way on a full disk. */
  relieved(): number {
    return this.#sum(({ chain }) => chain.counts.relieved);
  }

  sums(): SumOfChains {
    return {
      records: this.#sum(({ chain }) => chain.records.length),
      bytes: this.#sum(({ chain }) => chain.bytes),
      removedByAge: this.#sum(({ chain }) => chain.counts.age),
      removedByQuota: this.#sum(({ chain }) => chain.counts.quota),
      push: this.push(),
      ration: this.#rations(),
    };
  }

  #rations(): DayRationCounts | null {
    const [first, ...others] = this.#all.flatMap((one) => one.ration() ?? []);
    return first === undefined ? null : others.reduce(addedRations, first);
  }

  get #all(): readonly OwnedEvidence[] {
    return [...this.#owners.values()];
  }

  #sum(of: (one: OwnedEvidence) => number): number {
    return this.#all.reduce((all, one) => all + of(one), 0);
  }
}
