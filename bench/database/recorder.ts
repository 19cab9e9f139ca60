import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../src/simulator/random.js';
import { loadSqlite, type SqliteConnection } from '../../src/store/sqlite.js';
import { skewed } from './skewed.js';
import type { BenchDatabase } from './workloads.js';

const SCHEMA = 'homeassistant/recorder_schema_v35_mysql.sql';
const START_S = 1_700_000_000;
const ENTITIES = 300;

/** Home Assistant's recorder, its tables without its indexes, filled as a house of 300 entities fills it. */
export const recorder: BenchDatabase = {
  name: 'Home Assistant recorder',
  make: (file, data, rows) => {
    const schema = join(data, SCHEMA);
    if (!existsSync(schema)) return `no ${schema}`;
    const sqlite = new (loadSqlite())(file);
    sqlite.pragma('journal_mode = OFF');
    sqlite.pragma('synchronous = OFF');
    sqlite.exec(tablesOf(readFileSync(schema, 'utf8')));
    fill(sqlite, Math.ceil(rows / 3));
    sqlite.close();
    return null;
  },
  workload: [
    {
      sql: `SELECT state, last_updated_ts FROM states WHERE entity_id = 'sensor.e7' AND last_updated_ts > ${START_S + 500_000} ORDER BY last_updated_ts`,
      count: 200,
    },
    {
      sql: `SELECT s.state, a.shared_attrs FROM states s LEFT JOIN state_attributes a ON a.attributes_id = s.attributes_id WHERE s.entity_id = 'sensor.e12' AND s.last_updated_ts > ${START_S + 900_000} ORDER BY s.entity_id, s.last_updated_ts DESC LIMIT 20`,
      count: 200,
    },
    {
      sql: `SELECT max(state_id) FROM states WHERE entity_id = 'sensor.e3' AND last_updated_ts < ${START_S + 300_000}`,
      count: 100,
    },
    { sql: 'SELECT attributes_id FROM state_attributes WHERE hash = 123456', count: 400 },
    { sql: 'SELECT data_id FROM event_data WHERE hash = 98765', count: 100 },
    {
      sql: `SELECT event_id, time_fired_ts FROM events WHERE event_type = 'call_service' AND time_fired_ts > ${START_S + 800_000} ORDER BY time_fired_ts`,
      count: 40,
    },
    { sql: "SELECT state_id FROM states WHERE context_id = 'c00000000000000000000000000000004d2'", count: 30 },
    {
      sql: `SELECT state_id, attributes_id FROM states WHERE last_updated_ts < ${START_S + 200} LIMIT 4000`,
      count: 20,
    },
    { sql: 'SELECT count(*) FROM states WHERE attributes_id IN (5, 6, 7)', count: 30 },
    { sql: 'UPDATE states SET old_state_id = NULL WHERE old_state_id IN (10, 11, 12)', count: 30 },
    {
      sql: `SELECT mean, min, max FROM statistics WHERE metadata_id = 7 AND start_ts >= ${START_S + 100_000} ORDER BY start_ts`,
      count: 100,
    },
    { sql: `SELECT sum FROM statistics_short_term WHERE metadata_id = 9 ORDER BY start_ts DESC LIMIT 1`, count: 200 },
    { sql: `SELECT id FROM statistics_short_term WHERE start_ts < ${START_S + 300} LIMIT 4000`, count: 20 },
    { sql: "SELECT id, unit_of_measurement FROM statistics_meta WHERE statistic_id = 'sensor.e5'", count: 100 },
    {
      sql: `INSERT INTO states (entity_id, state, attributes_id, last_updated_ts, context_id) VALUES ('sensor.e7', '21.5', 77, ${START_S + 2_000_000}, 'c1')`,
      count: 3000,
    },
  ],
};

/** Makes the indexes that the recorder's schema has besides. @param data where the schema lies */
export function indexRecorder(file: string, data: string): void {
  const sqlite = new (loadSqlite())(file);
  for (const [, table, body] of tables(readFileSync(join(data, SCHEMA), 'utf8'))) {
    for (const [, name, columns] of body!.matchAll(/KEY `(ix_\w+)` \((.+)\)/g)) {
      sqlite.exec(`CREATE INDEX "${name}" ON "${table}" (${columns!.replaceAll('`', '"')})`);
    }
  }
  sqlite.close();
}

/** The tables of a MySQL dump for SQLite, without the indexes. */
function tablesOf(dump: string): string {
  return tables(dump)
    .map(([, table, body]) => {
      const lines = body!.split('\n').map((line) => line.trim().replace(/,$/, ''));
      const key = lines.map((line) => /^PRIMARY KEY \(`(\w+)`\)/.exec(line)?.[1]).find((name) => name !== undefined);
      const columns = lines.flatMap((line) => /^`(\w+)` (\w+)/.exec(line)?.slice(1) ?? []);
      const made: string[] = [];
      for (let at = 0; at < columns.length; at += 2) {
        const [name, type] = [columns[at]!, columns[at + 1]!];
        made.push(
          `"${name}" ${name === key ? 'INTEGER PRIMARY KEY' : /int/.test(type) ? 'INTEGER' : /double/.test(type) ? 'REAL' : 'TEXT'}`,
        );
      }
      return `CREATE TABLE "${table}" (${made.join(', ')});`;
    })
    .join('\n');
}

/** Each table's name and what stands in its parentheses. */
const tables = (dump: string): RegExpMatchArray[] => [
  ...dump.matchAll(/CREATE TABLE IF NOT EXISTS `(\w+)` \(([\s\S]*?)\n\)/g),
];

function fill(sqlite: SqliteConnection, states: number): void {
  const random = new Random(11);
  const attributes = Math.ceil(states / 40);
  const at = (row: number, of: number): number => START_S + (row / of) * 1_000_000;
  sqlite.exec('BEGIN');
  const run = (sql: string, rows: number, values: (row: number) => unknown[]): void => {
    const statement = sqlite.prepare(sql);
    for (let row = 1; row <= rows; row += 1) statement.run(...values(row));
  };
  run('INSERT INTO state_attributes (attributes_id, hash, shared_attrs) VALUES (?, ?, ?)', attributes, (row) => [
    row,
    random.index(2 ** 31),
    '{"unit":"°C"}'.repeat(6),
  ]);
  run(
    'INSERT INTO states (state_id, entity_id, state, old_state_id, attributes_id, last_updated_ts, last_changed_ts, context_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    states,
    (row) => [
      row,
      `sensor.e${skewed(random, ENTITIES)}`,
      String(random.index(1000) / 10),
      row > 300 ? row - random.index(300) : null,
      random.index(attributes) + 1,
      at(row, states),
      at(row, states),
      `c${row.toString(16).padStart(34, '0')}`,
    ],
  );
  run('INSERT INTO event_data (data_id, hash, shared_data) VALUES (?, ?, ?)', attributes, (row) => [
    row,
    random.index(2 ** 31),
    '{"domain":"light"}'.repeat(4),
  ]);
  run(
    'INSERT INTO events (event_id, event_type, time_fired_ts, data_id, context_id) VALUES (?, ?, ?, ?, ?)',
    Math.ceil(states / 3),
    (row) => [
      row,
      ['state_changed', 'call_service', 'automation_triggered', 'recorder_5min'][skewed(random, 4)],
      at(row, states / 3),
      random.index(attributes) + 1,
      `c${row.toString(16).padStart(34, '0')}`,
    ],
  );
  run('INSERT INTO statistics_meta (id, statistic_id, source, unit_of_measurement) VALUES (?, ?, ?, ?)', 120, (row) => [
    row,
    `sensor.e${row}`,
    'recorder',
    '°C',
  ]);
  for (const [table, rows] of [
    ['statistics', states / 4],
    ['statistics_short_term', states / 2],
  ] as const) {
    run(
      `INSERT INTO ${table} (metadata_id, start_ts, mean, min, max, sum) VALUES (?, ?, ?, ?, ?, ?)`,
      Math.ceil(rows),
      (row) => [(row % 120) + 1, at(row, rows), random.index(300), random.index(300), random.index(300), row],
    );
  }
  sqlite.exec('COMMIT');
}
