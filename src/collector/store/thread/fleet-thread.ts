import { parentPort, workerData } from 'node:worker_threads';
import { createLog, silentLog } from '../../../foundation/log.js';
import { SqliteFleetStore } from '../sqlite-fleet-store.js';
import { type FleetThreadTask, type ThreadAnswered, type ThreadCall, toThrownThere } from './thread-call.js';

/* The thread of fleet-store-thread.ts: has the file of a fleet, and does with it what it is asked, one after the other. */

const { logLevel, retentionDays, busyTimeoutMs, ...task } = workerData as FleetThreadTask;
let store: SqliteFleetStore | null = null;
let turn: Promise<void> = Promise.resolve();

type Answering = (...values: readonly unknown[]) => Promise<unknown>;

/** @throws as the store */
function opened(): SqliteFleetStore {
  store ??= new SqliteFleetStore({
    ...task,
    ...(retentionDays !== null && { retentionDays }),
    ...(busyTimeoutMs !== null && { busyTimeoutMs }),
    log: logLevel === 'silent' ? silentLog : createLog(logLevel),
  });
  return store;
}

async function done(call: ThreadCall): Promise<unknown> {
  switch (call.of) {
    case 'open':
      return opened().lastId;
    case 'close':
      return store?.close();
    case 'run':
      return opened().run(call.writes);
    default: {
      const asked = call.of === 'store' ? opened() : opened().actions;
      const method = (asked as unknown as Record<string, Answering>)[call.name]!;
      return method.apply(asked, [...call.values]);
    }
  }
}

async function answer(call: ThreadCall): Promise<void> {
  let answered: ThreadAnswered;
  try {
    answered = { id: call.id, result: await done(call) };
  } catch (error) {
    answered = { id: call.id, error: toThrownThere(error) };
  }
  parentPort!.postMessage(answered);
}

parentPort!.on('message', (call: ThreadCall) => {
  turn = turn.then(() => answer(call));
});
