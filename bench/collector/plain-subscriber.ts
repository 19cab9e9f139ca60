import { connectAsync } from 'mqtt';
import { FLEET_MIGRATIONS } from '../../src/collector/store/fleet-migrations.js';
import { loadSqlite } from '../../src/store/sqlite.js';

export interface PlainOptions {
  readonly broker: string;
  readonly file: string;
  readonly durable: boolean;
  /** @param madeAt Unix ms, of the message that was kept */
  readonly kept: (madeAt: number) => void;
}

/**
 * The subscriber that people write first: MQTT.js, a row a message into the same tables with the same indexes, in WAL mode. It checks
 * nothing and counts nothing, and acknowledges each message once its row is in. @returns what stops it
 */
export async function plainSubscriber({ broker, file, durable, kept }: PlainOptions): Promise<() => Promise<void>> {
  const sqlite = new (loadSqlite())(file);
  sqlite.pragma('journal_mode = WAL');
  sqlite.pragma(`synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
  for (const migration of FLEET_MIGRATIONS) sqlite.exec(migration);
  const log = (table: string) =>
    sqlite.prepare(
      `INSERT OR IGNORE INTO ${table} (device, stream, n, ts, at, subject, kind, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
  const [event, metrics] = [log('events'), log('metrics')];
  const traffic = sqlite.prepare(
    'INSERT OR REPLACE INTO traffic (device, subject, start, part, stream, n, ts, at, body) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?)',
  );
  const birth = sqlite.prepare(
    `INSERT OR REPLACE INTO births (device, bd_seq, ts, boot, received_at, seqs, missing) VALUES (?, ?, ?, ?, ?, '', 0)`,
  );
  const ids = new Map<string, number>();
  const client = await connectAsync(broker, { clientId: 'contender', clean: false, reconnectPeriod: 0 });
  client.on('message', (topic, payload) => {
    const [, , site, device, kind, subject = null] = topic.split('/');
    const text = payload.toString();
    const body = JSON.parse(text);
    const name = `${site}/${device}`;
    const id = ids.get(name) ?? ids.size + 1;
    ids.set(name, id);
    const { ts } = body;
    if (kind === 'event') event.run(id, body.stream, body.n, ts, ts, subject, body.kind, text);
    else if (kind === 'metrics') metrics.run(id, '', body.seq, ts, ts, null, 'changes', text);
    else if (kind === 'traffic') traffic.run(id, subject, body.from, body.stream, body.n, ts, body.from, text);
    else birth.run(id, body.bdSeq, ts, body.boot, Date.now());
    kept(ts);
  });
  await client.subscribeAsync('edge/#', { qos: 1 });
  return async () => {
    await client.endAsync();
    sqlite.close();
  };
}
