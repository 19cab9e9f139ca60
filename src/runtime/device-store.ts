import { join } from 'node:path';
import type { Config } from '../config/config.js';
import { ConfigError, explain } from '../foundation/errors.js';
import type { Log } from '../foundation/log.js';
import type { Part } from '../foundation/part.js';
import { makePrivateFolder, openToOthers } from '../foundation/private-files.js';
import { Checkpointer } from '../store/checkpointer.js';
import { diskTrouble } from '../store/disk-trouble.js';
import { type FsyncLatency, isSlow, measureFsync } from '../store/fsync-latency.js';
import { mediumOf } from '../store/medium.js';
import { storeMetrics } from '../store/metrics.js';
import { type LockOwner, lockStore } from '../store/store-lock.js';
import { judgePlace, type PlaceVerdict } from '../store/store-place.js';

/** An owner that is told to stop needs about this long. */
const PATIENCE_MS = 3000;

/**
 * The folder of what outlives a restart: made for its owner only, and taken for this process alone, since two instances
 * would each hold the databases to budgets of its own count and replace the other's files. Where it cannot be made or locked,
 * detecting goes on: whoever wants to write there says so.
 */
export class DeviceStore implements Part {
  readonly name = 'store';
  readonly essential = true;
  readonly settings = [{ path: 'store', requiresRestart: true }];
  /** Looks after every database that is open while the program runs. */
  readonly checkpointer: Checkpointer;
  readonly metrics = storeMetrics(
    () => this.latency,
    () => this.checkpointer,
  );
  /** How long the medium takes; null until it was measured. */
  latency: FsyncLatency | null = null;
  readonly #folder: string;
  readonly #log: Log;
  readonly #judge: (folder: string) => PlaceVerdict;
  #release: (() => void) | null = null;

  /** @param judge whether databases may lie in a folder; tests say something else */
  constructor({ store }: Pick<Config, 'store'>, log: Log, judge = (folder: string) => judgePlace(folder)) {
    this.#judge = judge;
    this.#folder = store.dir;
    this.#log = log;
    this.checkpointer = new Checkpointer({ log });
  }

  /** @throws ConfigError where another instance has the folder, or databases cannot lie there */
  async start(signal: AbortSignal): Promise<void> {
    const folder = this.#folder;
    this.#judgePlace();
    await this.#take(folder, signal);
    // nobody waits for it: a slow medium takes seconds
    void this.#measure(signal);
  }

  #judgePlace(): void {
    const { refusal, warning } = this.#judge(this.#folder);
    if (refusal !== null) {
      const problem = `store.dir: expected a folder on a local disk (or EDGE_STORE_DIR=FOLDER): ${refusal}`;
      throw new ConfigError('there is no place for databases', [problem]);
    }
    if (warning !== null)
      this.#log.warn({ folder: this.#folder }, `store.dir may not keep what it is given: ${warning}`);
  }

  async #measure(signal: AbortSignal): Promise<void> {
    const folder = this.#folder;
    const latency = await measureFsync(folder, signal);
    this.latency = latency;
    if (latency === null || !isSlow(latency)) return;
    const medium = mediumOf(folder);
    const name = medium === null ? 'its medium' : [medium.kind, medium.device, medium.model].filter(Boolean).join(' ');
    const [median, worst] = [latency.medianMs, latency.worstMs].map((ms) => Math.round(ms));
    this.#log.warn(
      { folder, medianMs: median, worstMs: worst, ...(medium && { medium }) },
      `store.dir lies on a slow medium (${name}): it has what is written after ${median} ms, at worst ${worst} ms; nothing waits for it but a power cut may take more: a card of class A2, an SSD or eMMC is better`,
    );
  }

  async #take(folder: string, signal: AbortSignal): Promise<void> {
    try {
      makePrivateFolder(folder);
      this.#warnWhereOpen();
      const lock = await lockStore(folder, { patienceMs: PATIENCE_MS, signal });
      if (lock.kind === 'held') this.#release = lock.release;
      else if (!signal.aborted) throw inUse(folder, lock.owner);
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      const reason = explain(error);
      const advice = diskTrouble(join(folder, 'running.lock'), error);
      this.#log.warn(
        { folder, reason },
        `store.dir cannot be locked, a second instance there would not be noticed: ${advice}`,
      );
    }
  }

  /** Whoever has a database here has closed it before. */
  async stop(): Promise<void> {
    await this.checkpointer.stop();
    this.#release?.();
    this.#release = null;
  }

  /** Somebody may have opened it on purpose, so it is not closed behind their back. */
  #warnWhereOpen(): void {
    const mode = openToOthers(this.#folder);
    if (mode === null) return;
    const folder = this.#folder;
    this.#log.warn(
      { folder, mode },
      `store.dir can be read by every user of this machine, and holds what cameras saw: chmod 700 ${folder}`,
    );
  }
}

function inUse(folder: string, owner: LockOwner | null): ConfigError {
  const who = owner
    ? `process ${owner.pid} on ${owner.host} since ${new Date(owner.since).toISOString()}`
    : 'a process that does not say its name';
  return new ConfigError('another instance is running', [
    `store.dir: expected a folder that no other instance uses, got ${folder}, which has ${who}: stop that one, or give this one a folder of its own (store.dir, or EDGE_STORE_DIR=FOLDER)`,
  ]);
}
