import { join } from 'node:path';
import { simulatedFleet } from '../../scripts/fleet/simulated-fleet.js';
import { Collector } from '../../src/collector/collector.js';
import { SqliteFleetStore } from '../../src/collector/store/sqlite-fleet-store.js';

/** What a simulated fleet sent until now, taken by a collector. @returns the file, and how many messages it has */
export async function fedStore(folder: string, fleet: { readonly devices: number; readonly hours: number }) {
  const file = join(folder, 'fleet.sqlite');
  const store = new SqliteFleetStore({ file, durable: false });
  let now = 0;
  const collector = await Collector.open({ store, now: () => now });
  const { messages } = simulatedFleet({ ...fleet, seed: 4711, from: Date.now() - fleet.hours * 3_600_000 });
  let left = messages.length;
  let allKept = (): void => undefined;
  const kept = new Promise<void>((resolve) => {
    allKept = resolve;
  });
  for (const { at, topic, payload } of messages) {
    await new Promise<void>((resolve) => collector.whenRoom(resolve));
    now = at;
    collector.take({ topic, payload: Buffer.from(payload), retained: false, receivedAt: at }, () => {
      if (--left === 0) allKept();
    });
  }
  // what still waits when a collector stops is told to it anew by the broker, of which there is none here
  await kept;
  await collector.stop();
  await store.close();
  return { file, messages: messages.length };
}
