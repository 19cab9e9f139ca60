import { treeUsage } from './process-tree.js';

const SAMPLE_MS = 50;
/** The kernel walks every page table for it, milliseconds for each process, so it is read less often. */
const PSS_EVERY = 10;

interface CpuSample {
  /** Unix ms. */
  readonly at: number;
  /** Of all processes since each began. */
  readonly cpuSeconds: number;
}

/** Watches a program and all its children while they run; Linux only, elsewhere everything stays null. */
export class UsageSampler {
  readonly #root: number;
  readonly #samples: CpuSample[] = [];
  #timer: NodeJS.Timeout | null = null;
  #taken = 0;
  #peakRss: number | null = null;
  #peakPss: number | null = null;

  /** @param root the program's pid */
  constructor(root: number) {
    this.#root = root;
  }

  start(): void {
    if (process.platform !== 'linux') return;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Largest sum of resident sets in bytes; pages that processes share count in each. */
  get peakRss(): number | null {
    return this.#peakRss;
  }

  /** Largest sum of proportional sets in bytes: shared pages count once. */
  get peakPss(): number | null {
    return this.#peakPss;
  }

  /**
   * CPU seconds that 1000 frames cost while frames were being answered: starting up and shutting down do not count.
   *
   * @param answeredAt Unix ms of every result, ascending
   * @returns null where there were fewer than two samples between the first and the last result
   */
  cpuPer1000(answeredAt: readonly number[]): number | null {
    const [first, last] = [answeredAt[0] ?? Number.NaN, answeredAt.at(-1) ?? Number.NaN];
    const within = this.#samples.filter(({ at }) => at >= first && at <= last);
    const [from, to] = [within[0], within.at(-1)];
    if (!from || !to) return null;
    const frames = answeredAt.filter((at) => at > from.at && at <= to.at).length;
    return frames === 0 ? null : ((to.cpuSeconds - from.cpuSeconds) / frames) * 1000;
  }

  #sample(): void {
    const usage = treeUsage(this.#root, this.#taken++ % PSS_EVERY === PSS_EVERY - 1);
    if (usage.processes === 0) return;
    // a child that ends between the reading of its parent and of itself is missing for one sample
    const cpuSeconds = Math.max(usage.cpuSeconds, this.#samples.at(-1)?.cpuSeconds ?? 0);
    this.#samples.push({ at: Date.now(), cpuSeconds });
    this.#peakRss = Math.max(this.#peakRss ?? 0, usage.rssBytes);
    if (usage.pssBytes !== null) this.#peakPss = Math.max(this.#peakPss ?? 0, usage.pssBytes);
  }
}
