import { loadSqlite, type SqliteConnection } from '../../src/store/sqlite.js';
import type { DeviceTruth } from './simulated-device.js';

type Row = Readonly<Record<string, unknown>>;

const NUMBERED = ['events', 'reports', 'alert_log', 'traffic', 'summaries'];
/** A simulated device sends none of these. */
const EMPTY = ['trials', 'evidence', 'command_results', 'quarantine'];
/** min that an interval begins before it is told. */
const BEGINS_BEFORE: Readonly<Record<string, number>> = { traffic: 5, summaries: 15 };
/** ms by which a time may be off: the way of a message. */
const WAY_MS = 500;
/** That a collector keeps of a device. */
const MOST_BIRTH_BODIES = 100;

/**
 * Compares what a collector keeps with what a simulated fleet did.
 *
 * @param inTime whether messages were received as they were made, and all of them: then the place of each in time can be told, and none of
 *   those that no broker keeps lacks
 * @returns each difference in words; none where all is as it was
 */
export function* fleetDifferences(file: string, truths: Iterable<DeviceTruth>, inTime: boolean): Generator<string> {
  const sqlite = new (loadSqlite())(file, { readonly: true });
  try {
    let devices = 0;
    for (const truth of truths) {
      devices++;
      const name = `${truth.site}/${truth.device}`;
      const device = rows(sqlite, 'SELECT * FROM devices WHERE site = ? AND device = ?', truth.site, truth.device)[0];
      if (device === undefined) yield `${name} is not known`;
      else for (const difference of ofDevice(sqlite, device, truth, inTime)) yield `${name}: ${difference}`;
    }
    const [{ known } = {}] = rows(sqlite, 'SELECT count(*) AS known FROM devices');
    if (known !== devices) yield `${known} devices are known, and there were ${devices}`;
    for (const table of EMPTY) {
      const [{ kept } = {}] = rows(sqlite, `SELECT count(*) AS kept FROM ${table}`);
      if (kept !== 0) yield `${table}: ${kept} rows of what nobody sent`;
    }
  } finally {
    sqlite.close();
  }
}

function* ofDevice(sqlite: SqliteConnection, device: Row, truth: DeviceTruth, inTime: boolean): Generator<string> {
  const own = (table: string): Row[] => rows(sqlite, `SELECT * FROM ${table} WHERE device = ?`, device['id']);
  yield* ofNumbered(own, truth, inTime);
  if (inTime) {
    yield* ofValues(own('metrics'), truth);
    const off = (device['offset_ms'] as number) - truth.clockErrorMs;
    if (!(Math.abs(off) <= WAY_MS)) yield `its clock is taken for ${off} ms more ahead than it is`;
  }
  yield* ofBirths(own('births'), own('birth_bodies'), truth, inTime);
  yield* ofStreams(own('streams'), truth);
  const holding = own('alerts').filter((row) => row['holds'] === 1);
  yield* unlike('alerts that hold', words(holding.map((row) => row['code'])), words([...truth.alerts]));
  const last = JSON.parse([...truth.births.values()].at(-1)!.body) as Row;
  yield* unlike('online', device['online'] === 1, truth.online);
  for (const key of ['boot', 'version', 'model', 'variant', 'provider']) yield* unlike(key, device[key], last[key]);
  yield* unlike('number of its latest birth', device['bd_seq'], last['bdSeq']);
}

function* ofNumbered(own: (table: string) => Row[], truth: DeviceTruth, inTime: boolean): Generator<string> {
  const left = new Set(truth.arrived.keys());
  for (const table of NUMBERED) {
    for (const row of own(table)) {
      const key = `${row['stream']} ${row['n']}`;
      const message = truth.arrived.get(key);
      if (message === undefined) yield `${table}: ${key} was not sent`;
      else if (!left.delete(key)) yield `${table}: ${key} is there twice`;
      else if (message.table !== table) yield `${table}: ${key} belongs into ${message.table}`;
      else if (message.body !== row['body']) yield `${table}: ${key} is not as it was sent`;
      else if (inTime) {
        const off = (row['at'] as number) - (message.madeAt - (BEGINS_BEFORE[table] ?? 0) * 60_000);
        if (Math.abs(off) > WAY_MS) yield `${table}: ${key} is ${off} ms off its place`;
      }
    }
  }
  for (const key of left) yield `${truth.arrived.get(key)!.table}: ${key} lacks`;
}

function* ofValues(kept: readonly Row[], { values }: DeviceTruth): Generator<string> {
  const left = new Set(values.keys());
  for (const row of kept) {
    const key = `${row['ts']} ${row['n']}`;
    if (!left.delete(key)) yield `metrics: ${key} was not sent, or is there twice`;
    else if (values.get(key) !== row['body']) yield `metrics: ${key} is not as it was sent`;
  }
  for (const key of left) yield `metrics: ${key} lacks`;
}

function* ofBirths(
  births: readonly Row[],
  bodies: readonly Row[],
  truth: DeviceTruth,
  inTime: boolean,
): Generator<string> {
  const keyOf = (row: Row): string => `${row['bd_seq']} ${row['ts']}`;
  const left = new Set(truth.births.keys());
  for (const row of births) {
    const key = keyOf(row);
    const { missing } = truth.births.get(key) ?? {};
    if (!left.delete(key)) yield `births: ${key} was not sent, or is there twice`;
    else if (inTime) yield* unlike(`births: missing of ${key}`, row['missing'], missing);
  }
  for (const key of left) yield `births: ${key} lacks`;
  const most = Math.min(truth.births.size, MOST_BIRTH_BODIES);
  if (bodies.length !== most) yield `birth_bodies: ${bodies.length}, and there were ${most}`;
  for (const row of bodies)
    if (truth.births.get(keyOf(row))?.body !== row['body']) yield `birth_bodies: ${keyOf(row)} is not as it was sent`;
}

function* ofStreams(streams: readonly Row[], truth: DeviceTruth): Generator<string> {
  const verdicts = streams.map((row) => JSON.parse(row['verdict'] as string) as Record<string, number>);
  const sum = (key: string): number => verdicts.reduce((all, verdict) => all + verdict[key]!, 0);
  yield* unlike('streams: lost', sum('lostCount'), truth.lost);
  yield* unlike('streams: told as given up', sum('toldDropped'), truth.told);
  yield* unlike('streams: waited for', sum('waiting'), 0);
  yield* unlike('streams: out of order', sum('outOfOrder'), truth.outOfOrder);
}

function* unlike(what: string, kept: unknown, was: unknown): Generator<string> {
  if (kept !== was) yield `${what}: ${kept}, and it was ${was}`;
}

const words = (all: readonly unknown[]): string => all.toSorted().join(' ');

const rows = (sqlite: SqliteConnection, sql: string, ...values: unknown[]): Row[] =>
  sqlite.prepare(sql).all(...values) as Row[];
