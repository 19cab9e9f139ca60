import { once } from 'node:events';
import { join } from 'node:path';
import { loadSqlite } from '../../src/store/sqlite.js';
import type { Cluster } from '../../test/database/postgres/cluster.js';
import { begun, forked } from './children.js';
import { FLEET_DATABASE, freshDatabase } from './fleet-server.js';
import { startMosquitto } from './mosquitto.js';

export interface RunPlan {
  readonly who: 'ours' | 'plain';
  readonly durable: boolean;
  readonly devices: number;
  /** Besides the births. */
  readonly messages: number;
  /** Messages a second; null: as fast as they are kept. */
  readonly rate: number | null;
  /** s after which no more are sent. */
  readonly mostS: number;
  readonly folder: string;
  /** A server of PostgreSQL that keeps it; absent: SQLite does. */
  readonly server?: Cluster;
  /** Messages that are sent and not kept yet, where nothing paces; default 4000. */
  readonly window?: number;
}

export interface RunResult {
  readonly sent: number;
  readonly perSecond: number;
  /** Sent, and neither in the database then nor later. */
  readonly lost: number;
  /** From when it was made until it was kept. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** us of a core that the contender took for a message; births are not among them. */
  readonly cpuUs: number | null;
  /** Before anything came, with all devices known, after a tenth and at the end. */
  readonly rssMiB: { readonly before: number; readonly known: number; readonly tenth: number; readonly end: number };
}

const WINDOW = 4000;
/**
 * s without any progress after which what is not there is lost: on cores that others want, with gigabytes waiting at the broker, nothing was
 * kept for ten once.
 */
const PATIENCE_S = 60;
interface Told {
  readonly kept: number;
  readonly rssMiB: number;
  readonly p50Ms?: number | null;
  readonly p99Ms?: number | null;
  readonly cpuUs?: number;
}

/** One contender, behind a broker and publishers of its own, on this machine. */
export async function measuredRun(plan: RunPlan): Promise<RunResult> {
  const { who, durable, devices, messages, rate, mostS, folder, server, window = WINDOW } = plan;
  const { child: broker, port } = await startMosquitto(folder);
  const file = server === undefined ? join(folder, `${who}.sqlite`) : await freshDatabase(server);
  const contender = forked(
    'collector/contender',
    who,
    `mqtt://127.0.0.1:${port}`,
    file,
    durable ? 'durable' : 'written',
  );
  const publisher = forked('collector/publisher', String(port), String(devices));
  try {
    await Promise.all([contender, publisher].map(begun));
    let told: Told = { kept: 0, rssMiB: 0 };
    let tell: () => void = () => undefined;
    contender.on('message', (news: Told) => {
      told = news;
      tell();
    });
    const next = (): Promise<void> => new Promise((resolve) => (tell = resolve));
    const kept = (): number => told.kept;
    await next();
    const before = told.rssMiB;
    // births first: how much a device takes is told by them
    publisher.send(devices);
    await until(() => told.kept >= devices, next, kept);
    const known = told.rssMiB;
    contender.send('forget');
    const startedAt = performance.now();
    const total = devices + messages;
    const sinceS = (): number => (performance.now() - startedAt) / 1000;
    let allowed = devices;
    let tenth: number | null = null;
    while (allowed < total && sinceS() < mostS) {
      await next();
      const mayBe = rate === null ? told.kept + window : devices + Math.floor(sinceS() * rate);
      allowed = Math.max(allowed, Math.min(total, mayBe));
      publisher.send(allowed);
      if (told.kept >= devices + messages / 10) tenth ??= told.rssMiB;
    }
    await until(() => told.kept >= allowed, next, kept);
    const seconds = sinceS();
    contender.send('stop');
    await until(() => told.p99Ms !== undefined, next, kept);
    const { p50Ms = null, p99Ms = null, cpuUs = null, rssMiB: end } = told;
    if (contender.connected) await once(contender, 'exit');
    const there = server === undefined ? rowsIn(file) : await rowsAt(server);
    const sent = allowed - devices;
    const rssMiB = { before, known, tenth: tenth ?? known, end };
    return { sent, perSecond: sent / seconds, lost: sent - there, p50Ms, p99Ms, cpuUs, rssMiB };
  } finally {
    for (const one of [publisher, contender, broker]) one.kill('SIGKILL');
  }
}

/** Waits until it is so, or nothing can be hoped for. @param kept messages by now: as long as there are more of them there is hope */
async function until(isSo: () => boolean, next: () => Promise<void>, kept: () => number): Promise<void> {
  let [most, progressAt] = [kept(), performance.now()];
  while (!isSo() && performance.now() < progressAt + PATIENCE_S * 1000) {
    await next();
    if (kept() > most) [most, progressAt] = [kept(), performance.now()];
  }
}

const rowsOf = (schema: string): string => {
  const tables = ['events', 'metrics', 'traffic'].map((table) => `SELECT count(*) AS rows FROM ${schema}${table}`);
  return `SELECT sum(rows) AS rows FROM (${tables.join(' UNION ALL ')}) AS counted`;
};

const rowsAt = async (server: Cluster): Promise<number> =>
  Number((await server.sql(FLEET_DATABASE, rowsOf('fleet.')))[0]!['rows']);

function rowsIn(file: string): number {
  const sqlite = new (loadSqlite())(file, { readonly: true });
  try {
    return (sqlite.prepare(rowsOf('')).get() as { rows: number }).rows;
  } finally {
    sqlite.close();
  }
}
