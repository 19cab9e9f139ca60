import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { silentLog } from '../../foundation/log.js';
import { readKeptAlerts } from '../../runtime/alerts/kept-alerts.js';
import { CommandLog, type LoggedCommand } from '../../store/command-log.js';
import { readDatabase } from '../../store/read-database.js';
import type { SeriesAnswer } from '../../store/series/series-reader.js';
import { openStoredHistory } from '../../store/series/stored-history.js';
import { judgePlace } from '../../store/store-place.js';
import { hasTrials, trialStatements, trialsAsked } from '../../store/trials.js';
import { parseTrials } from '../../tune/trials/trial.js';
import type { BundlePart, PartContent } from './bundle-part.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MOST_TRIALS = 2000;
const MOST_ALERT_STEPS = 2000;
const MOST_COMMANDS = 1000;
/** Of each point of a series; `s` from the beginning of its line. */
const COLUMNS = ['s', 'min', 'mean', 'max', 'p95', 'count'] as const;

/**
 * What `history.db` tells. It is only read, for as long as that takes.
 *
 * @param folder of the store
 * @param now Unix ms
 */
export function historyParts(folder: string, now: number): BundlePart[] {
  const file = join(folder, 'history.db');
  const part = (name: string, what: string, read: () => PartContent): BundlePart => ({
    name,
    what,
    read() {
      const { refusal } = judgePlace(folder);
      if (refusal !== null) throw new Error(refusal);
      if (!existsSync(file)) throw new Error(`there is no ${file}: the program has not run with this store`);
      return read();
    },
  });
  return [
    part('metrics.jsonl', 'metrics of the last day, a minute a point, a series a line', () => metrics(file, now)),
    part('trials.jsonl', 'what tuning tried and what became of it', () => trials(file)),
    part('alerts.json', 'alerts that hold, and what happened to alerts in 30 days', () => ({
      kind: 'json',
      value: readKeptAlerts(file, { since: now - 30 * DAY_MS, limit: MOST_ALERT_STEPS }, now),
    })),
    part('commands.jsonl', 'what was commanded over MQTT, by whose key, and what was answered', () => commands(file)),
  ];
}

function metrics(file: string, now: number): PartContent {
  const history = openStoredHistory(file, { now, log: silentLog });
  try {
    const { reader } = history;
    if (reader === null) throw new Error('an earlier version of the program wrote it, which kept no metrics');
    const from = now - DAY_MS;
    const rows = reader
      .list()
      .filter(({ to }) => to >= from)
      .flatMap(({ key }) => reader.query({ metric: key.name, from, to: now, stepMs: MINUTE_MS }))
      .map((answer) => seriesRow(answer, from));
    return { kind: 'rows', rows };
  } finally {
    history.close();
  }
}

function seriesRow({ key, stepMs, points }: SeriesAnswer, from: number): object {
  const first = points[0]?.t ?? from;
  const rounded = (value: number): number => Number(value.toPrecision(5));
  return {
    series: key.name,
    kind: key.kind,
    unit: key.unit,
    from: new Date(first).toISOString(),
    stepS: stepMs / 1000,
    columns: COLUMNS,
    points: points.map(({ t, min, mean, max, p95, count }) => [
      (t - first) / 1000,
      ...[min, mean, max, p95].map(rounded),
      count,
    ]),
  };
}

function trials(file: string): PartContent {
  const database = readDatabase(file);
  try {
    if (!hasTrials(database)) return { kind: 'rows', rows: [] };
    const stored = trialsAsked(trialStatements(database), { since: 0, limit: MOST_TRIALS });
    return { kind: 'rows', rows: parseTrials(stored.map(({ record }) => record)).reverse() };
  } finally {
    database.close();
  }
}

function commands(file: string): PartContent {
  const database = readDatabase(file);
  try {
    return { kind: 'rows', rows: CommandLog.lastOf(database, MOST_COMMANDS).map(commandRow) };
  } finally {
    database.close();
  }
}

function commandRow({ at, key, id, name, toSite, body, doneAt, result }: LoggedCommand): object {
  const [asked, answered] = [JSON.parse(body) as unknown, result === null ? null : (JSON.parse(result) as unknown)];
  return { at: new Date(at).toISOString(), signedBy: key, id, name, toSite, body: asked, doneAt, result: answered };
}
