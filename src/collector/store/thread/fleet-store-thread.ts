import { Worker } from 'node:worker_threads';
import { EdgeError, explain } from '../../../foundation/errors.js';
import { type Log, silentLog } from '../../../foundation/log.js';
import type { ActionStore } from '../../actions/action-store.js';
import type { FleetStore } from '../fleet-store.js';
import { RowIds } from '../row-ids.js';
import { MOST_QUARANTINED, type SqliteFleetOptions } from '../sqlite-fleet-store.js';
import { sqliteWrites } from '../sqlite-writes.js';
import {
  type AskedOfStore,
  type FleetThreadTask,
  type ThreadAnswered,
  type ThreadQuestion,
  toError,
} from './thread-call.js';

/** All that can be asked, so that none is forgotten. */
const ASKED_OF_STORE: Readonly<Record<AskedOfStore, true>> = {
  known: true,
  conditions: true,
  heardSince: true,
  meet: true,
  addDevice: true,
  birth: true,
  hasBoot: true,
  stream: true,
  forget: true,
  deviceCount: true,
  counts: true,
  devices: true,
  births: true,
  streams: true,
  alerts: true,
  history: true,
  quarantine: true,
  holding: true,
  lostCounts: true,
  arrived: true,
  birthBody: true,
  connections: true,
  trafficMark: true,
  trafficFromElsewhere: true,
};
const ASKED_OF_ACTIONS: Readonly<Record<keyof ActionStore, true>> = {
  change: true,
  action: true,
  actions: true,
  openActions: true,
  tasks: true,
  tallies: true,
  audit: true,
  oldestAudit: true,
  labels: true,
  configurations: true,
};

/** For tests: ends the thread as a failure of its own would. */
export interface ThreadedFleetStore extends FleetStore {
  endThread(): Promise<void>;
}

/**
 * A fleet in one SQLite file, in a thread of its own: this one reads and checks messages meanwhile. Where the thread ends, what it was
 * asked fails, so that nothing of it is acknowledged, and the next question begins it anew.
 *
 * @throws as `SqliteFleetStore`
 */
export async function openFleetStoreThread(options: SqliteFleetOptions): Promise<ThreadedFleetStore> {
  const thread = new FleetThread(options);
  let ids: RowIds;
  try {
    ids = new RowIds((await thread.ask({ of: 'open' })) as number);
  } catch (error) {
    await thread.end();
    throw error;
  }
  const most = options.mostQuarantined ?? MOST_QUARANTINED;
  return {
    ...asking<Omit<FleetStore, 'actions' | 'commit' | 'close'>>(ASKED_OF_STORE, (name, values) =>
      thread.ask({ of: 'store', name: name as AskedOfStore, values }),
    ),
    actions: asking<ActionStore>(ASKED_OF_ACTIONS, (name, values) =>
      thread.ask({ of: 'actions', name: name as keyof ActionStore, values }),
    ),
    commit: async (changes) => {
      await thread.ask({ of: 'run', writes: sqliteWrites(changes, ids, most) });
    },
    close: () => thread.close(),
    endThread: () => thread.end(),
  };
}

/** What hands each question on. */
function asking<Asked extends object>(
  names: Readonly<Record<string, true>>,
  ask: (name: string, values: readonly unknown[]) => Promise<unknown>,
): Asked {
  const hand = (name: string) => [name, (...values: unknown[]) => ask(name, values)];
  return Object.fromEntries(Object.keys(names).map(hand)) as Asked;
}

interface Asked {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The thread, and what it was asked and has not answered. */
class FleetThread {
  readonly #file: string;
  readonly #task: FleetThreadTask;
  readonly #log: Log;
  readonly #asked = new Map<number, Asked>();
  #worker: Worker | null = null;
  #isClosed = false;
  #id = 0;

  constructor({
    file,
    log = silentLog,
    durable = true,
    retentionDays,
    mostQuarantined,
    busyTimeoutMs,
  }: SqliteFleetOptions) {
    this.#file = file;
    this.#log = log;
    this.#task = {
      file,
      durable,
      retentionDays: retentionDays ?? null,
      mostQuarantined: mostQuarantined ?? MOST_QUARANTINED,
      busyTimeoutMs: busyTimeoutMs ?? null,
      logLevel: log.level,
    };
  }

  /** @throws as the store there, E_OUTPUT where the thread ends before it has answered */
  ask(question: ThreadQuestion): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(this.#gone('it was closed'));
    this.#worker ??= this.#started();
    return this.#post(question);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    const closed = this.#worker === null ? null : this.#post({ of: 'close' });
    this.#isClosed = true;
    await closed?.catch(() => undefined);
    await this.end();
  }

  async end(): Promise<void> {
    await this.#worker?.terminate();
  }

  #post(question: ThreadQuestion): Promise<unknown> {
    const id = ++this.#id;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.#worker!.postMessage({ ...question, id });
    });
  }

  #started(): Worker {
    const worker = new Worker(new URL('./fleet-thread.js', import.meta.url), { workerData: this.#task, execArgv: [] });
    worker.on('message', (answered: ThreadAnswered) => {
      const asked = this.#asked.get(answered.id);
      this.#asked.delete(answered.id);
      if ('error' in answered) asked?.reject(toError(answered.error));
      else asked?.resolve(answered.result);
    });
    let reason: string | null = null;
    worker.on('error', (error) => (reason = explain(error)));
    worker.on('exit', (code) => this.#ended(reason ?? `exit code ${code}`));
    return worker;
  }

  #ended(reason: string): void {
    this.#worker = null;
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    if (!this.#isClosed) this.#log.error({ file: this.#file, reason }, 'the thread that writes the fleet ended');
    for (const { reject } of asked) reject(this.#gone(`the thread that writes it ended (${reason}); it is begun anew`));
  }

  #gone(why: string): EdgeError {
    return new EdgeError('E_OUTPUT', `the fleet cannot be kept in ${this.#file}: ${why}`, {
      context: { file: this.#file },
    });
  }
}
