import { Histogram } from '../collector/latencies.js';
import type { KeptCommit } from './member.js';

/** What several collectors told of their commits; pure. */
export class KeptLog {
  readonly #all = new Histogram();
  readonly #before = new Histogram();
  readonly #firstAfter = new Map<number, number>();
  #killed: { readonly name: string; readonly at: number } | null = null;
  #count = 0;
  #rssMiB = 0;

  /** Messages that were told as kept. */
  get count(): number {
    return this.#count;
  }

  /** Of the largest of them. */
  get rssMiB(): number {
    return this.#rssMiB;
  }

  /** One of them is gone from now on. @param at Unix ms */
  killed(name: string, at: number): void {
    this.#killed = { name, at };
  }

  add(name: string, { at, devices, made, rssMiB }: KeptCommit): void {
    this.#count += made.length;
    this.#rssMiB = Math.max(this.#rssMiB, rssMiB);
    for (const madeAt of made) {
      this.#all.add(at - madeAt);
      if (this.#killed === null) this.#before.add(at - madeAt);
    }
    if (this.#killed === null || name === this.#killed.name || at < this.#killed.at) return;
    for (const device of devices) if (!this.#firstAfter.has(device)) this.#firstAfter.set(device, at);
  }

  /** ms from when a message was made until it was kept; `before`: before anybody was killed. */
  quantile(share: number, which: 'all' | 'before' = 'all'): number | null {
    return (which === 'all' ? this.#all : this.#before).quantile(share);
  }

  /**
   * Seconds from the kill until another one kept something of these devices, of half of them and of the last one.
   *
   * @returns null where nobody was killed; Infinity of a device of which nothing was kept any more
   */
  takeover(devices: readonly number[]): { readonly medianS: number; readonly worstS: number } | null {
    const { at: killedAt } = this.#killed ?? { at: null };
    if (killedAt === null || devices.length === 0) return null;
    const seconds = devices
      .map((device) => ((this.#firstAfter.get(device) ?? Number.POSITIVE_INFINITY) - killedAt) / 1000)
      .sort((a, b) => a - b);
    return { medianS: seconds[Math.floor((seconds.length - 1) / 2)]!, worstS: seconds.at(-1)! };
  }
}
