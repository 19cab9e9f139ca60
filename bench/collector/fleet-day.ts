import { join } from 'node:path';
import { fleetDifferences } from '../../scripts/fleet/fleet-differences.js';
import type { SentMessage } from '../../scripts/fleet/sent-message.js';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
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

/** A fleet's day, as fast as it is kept, by a collector that begins anew now and then; at last every table against what really was. */
export async function fleetDay({ devices, hours, seed, folder }: DayPlan): Promise<DayResult> {
  const { messages, truths } = simulatedFleet({ devices, hours, seed, from: FROM });
  const file = join(folder, 'day.sqlite');
  const startedAt = performance.now();
  let restarts = -1;
  for (let from = 0; from < messages.length; from += RESTART_EVERY) {
    restarts++;
    await collected(file, messages.slice(Math.max(0, from - COME_AGAIN), from + RESTART_EVERY));
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const differences: string[] = [];
  for (const difference of fleetDifferences(file, truths, true)) {
    if (differences.push(difference) === MOST_TOLD) break;
  }
  return { messages: messages.length, perSecond: messages.length / seconds, restarts, differences };
}

async function collected(file: string, messages: readonly SentMessage[]): Promise<void> {
  const store = new SqliteFleetStore({ file, durable: false });
  let now = messages[0]!.at;
  const collector = await Collector.open({ store, now: () => now });
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const batch = messages.slice(from, from + AT_ONCE);
    await new Promise<void>((resolve) => {
      let left = batch.length;
      for (const { at, topic, payload } of batch) {
        now = at;
        collector.take({ topic, payload: Buffer.from(payload), retained: false, receivedAt: at }, () => {
          if (--left === 0) resolve();
        });
      }
    });
  }
  await collector.stop();
  await store.close();
}
