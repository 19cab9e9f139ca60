import { join } from 'node:path';
import { silentLog } from '../../src/foundation/log.js';
import { DeviceDatabases } from '../../src/runtime/device-databases.js';
import { AlertHistory } from '../../src/store/alert-history.js';
import { CommandLog } from '../../src/store/command-log.js';
import { HISTORY_MIGRATIONS } from '../../src/store/migrations.js';
import { SeriesStore } from '../../src/store/series/series-store.js';
import { StoreFile } from '../../src/store/store-file.js';
import { TrialStore } from '../../src/store/trials.js';
import { trialFacts } from '../../src/telemetry/mqtt/messages/trial.js';
import { DayMetrics, HOUR, MINUTE } from './day-metrics.js';

/** Unix ms: noon of a Friday; the days before it are what is looked back at. */
export const NOON = Date.UTC(2026, 10, 27, 12);
/** Yesterday at three: the board is slowed down by heat for 45 minutes. */
export const HOT = { from: NOON - 21 * HOUR, to: NOON - 21 * HOUR + 45 * MINUTE };
/** Yesterday in the evening the power was cut: nothing was read. */
export const CUT = { from: NOON - 14 * HOUR + 10 * MINUTE, to: NOON - 14 * HOUR + 52 * MINUTE };
const KEEPING = { keepMs: [2 * 24 * HOUR, 30 * 24 * HOUR, 730 * 24 * HOUR], maxBytes: [1e8, 1e8, 1e8] };

/** What several days left in the store of a device, written by the code that a device writes it with. */
export interface Days {
  /** Unix ms: always `NOON`. */
  readonly now: () => number;
  readonly folder: string;
  readonly file: StoreFile;
  readonly series: SeriesStore;
  readonly alerts: AlertHistory;
  readonly trials: TrialStore;
  readonly commands: CommandLog;
  /** `history.db` is watched and open. */
  readonly databases: DeviceDatabases;
  close(): void;
}

/**
 * Writes days of two cameras, `north` and `south`, into a folder: rush hours, the hot time (with a trial that was rolled back, one that was kept, and an
 * alert), and the gap with its restart.
 *
 * @param hours before `NOON` at which they begin; the more, the longer it takes: some 40 ms each
 */
export function writeDays(folder: string, hours = 30): Days {
  let at = NOON - hours * HOUR;
  const now = (): number => at;
  const databases = new DeviceDatabases({ store: { dir: folder } });
  databases.history.monitor.isPaused = false;
  const file = new StoreFile({
    what: 'the history',
    file: join(folder, 'history.db'),
    migrations: HISTORY_MIGRATIONS,
    log: silentLog,
    watch: databases.history,
    now,
  });
  const series = new SeriesStore({ file, keeping: KEEPING, log: silentLog, now });
  const alerts = new AlertHistory(file, 400);
  const trials = new TrialStore(file, now);
  const commands = new CommandLog(file);
  file.start();
  const metrics = new DayMetrics(HOT, CUT);
  for (; at < NOON; at += MINUTE) {
    if (at >= CUT.from && at < CUT.to) continue;
    series.add(60_000, at, metrics.minute(at));
    if (at % HOUR === 59 * MINUTE) {
      series.add(3_600_000, at - 59 * MINUTE, metrics.hour(at - 59 * MINUTE));
      // packs the hour before, some series at a time
      for (let turn = 0; turn < 10; turn++) file.flush();
    }
  }
  at = NOON;
  tellTrials(trials);
  tellAlerts(alerts);
  tellCommand(commands);
  file.flush();
  return { now, folder, file, series, alerts, trials, commands, databases, close: () => file.stop() };
}

function tellTrials(trials: TrialStore): void {
  const circumstances = { hour: 15, temperature: 83.6, load: 14, cameras: 2, points: 12 };
  const score = (value: number) => ({ value, error: 0.01, samples: 12, parts: {} });
  const one = {
    id: '01-heat',
    strategy: 'scheduling' as const,
    knobs: ['workers' as const],
    from: '2 workers',
    to: '1 worker',
    reason: '86 °C is expected within ten minutes, the board is slowed down at 85 °C',
    isEmergency: true,
    circumstances,
    startedAt: HOT.from + 8 * MINUTE,
    before: null,
    after: score(0.78),
    endedAt: HOT.from + 30 * MINUTE,
    verdict: 'kept' as const,
    why: 'the temperature fell by 4 °C',
    undone: null,
  };
  const other = {
    ...one,
    id: '02-batch',
    strategy: 'batching' as const,
    knobs: ['batchSize' as const],
    from: 'batches of 1',
    to: 'batches of 4',
    reason: 'four together would take 18 % less time',
    isEmergency: false,
    startedAt: HOT.from + 20 * MINUTE,
    before: score(0.81),
    after: score(0.7),
    endedAt: HOT.from + 26 * MINUTE,
    verdict: 'rolled-back' as const,
    why: 'late frames rose from 3 % to 14 %',
    undone: true,
  };
  const cache = {
    ...other,
    id: '03-cache',
    strategy: 'cache' as const,
    knobs: [],
    from: 'lru 16 MiB',
    to: 'lfu 16 MiB',
    reason: 'simulated of all keys, 71.2 % would be found instead of 64.0 % over the last 3 min',
    startedAt: NOON - 6 * HOUR,
    endedAt: NOON - 6 * HOUR + 12 * MINUTE,
    before: score(0.64),
    after: score(0.71),
    verdict: 'kept' as const,
    why: 'the hit ratio rose by 6.8 points',
    undone: null,
  };
  const database = {
    ...cache,
    id: '04-database',
    strategy: 'database' as const,
    from: 'no statistics',
    to: 'ANALYZE of history.db',
    reason: 'the planner has no statistics of 7 tables',
    why: 'no query became faster',
    verdict: 'rolled-back' as const,
    undone: true,
    startedAt: NOON - 9 * HOUR,
    endedAt: NOON - 9 * HOUR + 10 * MINUTE,
  };
  for (const record of [one, other, cache, database].map((facts) => trialFacts.parse(facts))) {
    const { id, startedAt, strategy, verdict } = record;
    trials.put({ id, at: startedAt, strategy, verdict, record });
  }
}

function tellAlerts(alerts: AlertHistory): void {
  const steps = [
    {
      code: 'temperature-high',
      from: HOT.from + 3 * MINUTE,
      to: HOT.to,
      message: 'the hottest sensor says 84 °C (limit 80 °C)',
    },
    {
      code: 'response-slow',
      from: HOT.from + 5 * MINUTE,
      to: HOT.to + MINUTE,
      message: 'answers take 410 ms (limit 250 ms)',
    },
    {
      code: 'broker-away',
      from: NOON - 3 * HOUR,
      to: NOON - 3 * HOUR + 7 * MINUTE,
      message: 'the broker cannot be reached',
    },
  ];
  for (const { code, from, to, message } of steps) {
    const alert = { code, severity: 'warning', message, since: from, action: 'see the documents' };
    alerts.add({ at: from, code, kind: 'raised', alert, by: null, until: null }, alert);
    alerts.add({ at: to, code, kind: 'cleared', alert, by: null, until: null }, null);
  }
}

function tellCommand(commands: CommandLog): void {
  const at = NOON - 5 * HOUR;
  commands.put({
    at,
    key: 'workshop',
    id: '"1"',
    nonce: 'n-1',
    name: 'setConfig',
    toSite: false,
    body: '{}',
    doneAt: at + 800,
    result: JSON.stringify({ key: 'workshop', ok: true, result: {} }),
  });
}
