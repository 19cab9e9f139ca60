import { join } from 'node:path';
import { fleetDifferences } from '../../scripts/fleet/fleet-differences.js';
import type { SentMessage } from '../../scripts/fleet/sent-message.js';
import { streamedFleet } from '../../scripts/fleet/streamed-fleet.js';
import { Collector } from '../../src/collector/collector.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';

export interface DayPlan {
  readonly devices: number;
  readonly hours: number;
  readonly seed: number;
  readonly folder: string;
}

export interface DayResult {
  readonly messages: number;
  readonly perSecond: number;
  /** Times that the collector began anew. */
  readonly restarts: number;
  /** Between the database and what really was. */
  readonly differences: readonly string[];
}

const FROM = 1_795_000_000_000;
/** Messages after which the collector begins anew, and of those before so many come again. */
const RESTART_EVERY = 50_000;
const COME_AGAIN = 500;
/** Handed over at a time. */
const AT_ONCE = 2000;
const MOST_TOLD = 20;

/**
 * A fleet's day, as fast as it is kept, by a collector that begins anew now and then; at last every table against what really was. Only
 * some minutes of it are in memory.
 */
export async function fleetDay({ devices, hours, seed, folder }: DayPlan): Promise<DayResult> {
  const fleet = streamedFleet({ devices, hours, seed, from: FROM }, folder);
  const file = join(folder, 'day.sqlite');
  const startedAt = performance.now();
  let restarts = 0;
  let again: SentMessage[] = [];
  let fed = await FedCollector.open(file);
  let sinceRestart = 0;
  for (const batch of batches(fleet.messages())) {
    if (sinceRestart >= RESTART_EVERY) {
      restarts++;
      await fed.close();
      fed = await FedCollector.open(file);
      await fed.feed(again);
      sinceRestart = 0;
    }
    await fed.feed(batch);
    sinceRestart += batch.length;
    again = [...again, ...batch].slice(-COME_AGAIN);
  }
  await fed.close();
  const seconds = (performance.now() - startedAt) / 1000;
  const differences: string[] = [];
  for (const difference of fleetDifferences(file, fleet.truths(), true)) {
    if (differences.push(difference) === MOST_TOLD) break;
  }
  return { messages: fleet.count, perSecond: fleet.count / seconds, restarts, differences };
}

/** So many messages at a time. */
function* batches(messages: Iterable<SentMessage>): Generator<SentMessage[]> {
  let batch: SentMessage[] = [];
  for (const message of messages) {
    if (batch.push(message) < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** A collector by the clock of what it is handed. */
class FedCollector {
  readonly #store: SqliteFleetStore;
  #collector: Collector | null = null;
  #now = FROM;

  private constructor(file: string) {
    this.#store = new SqliteFleetStore({ file, durable: false });
  }

  static async open(file: string): Promise<FedCollector> {
    const fed = new FedCollector(file);
    fed.#collector = await Collector.open({ store: fed.#store, now: () => fed.#now });
    return fed;
  }

  /** Resolves once all of them are kept. */
  async feed(messages: readonly SentMessage[]): Promise<void> {
    if (messages.length === 0) return;
    await new Promise<void>((resolve) => {
      let left = messages.length;
      for (const { at, topic, payload } of messages) {
        this.#now = at;
        this.#collector!.take({ topic, payload: Buffer.from(payload), retained: false, receivedAt: at }, () => {
          if (--left === 0) resolve();
        });
      }
    });
  }

  async close(): Promise<void> {
    await this.#collector?.stop();
    await this.#store.close();
  }
}
