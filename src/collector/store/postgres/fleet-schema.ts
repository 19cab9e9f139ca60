import { INTERVAL_TABLES, LOG_TABLES } from '../fleet-store.js';

/*
 * What a collector keeps, in PostgreSQL: the tables and columns of the SQLite file (`fleet-migrations.ts`), in the schema `fleet`. What
 * comes message by message lies in parts by the time that the message itself says, so that the same message is always in the same part
 * and a part that is old is dropped as a whole. `id` is when it was received, in Unix ms times 1024; its index is a BRIN.
 */

/** Of the tables that lie in parts: which column says where a row belongs, and how many days a part has. */
export const PARTED_TABLES: Readonly<Record<string, { readonly by: 'ts' | 'start'; readonly days: number }>> = {
  events: { by: 'ts', days: 7 },
  metrics: { by: 'ts', days: 7 },
  evidence: { by: 'ts', days: 7 },
  trials: { by: 'ts', days: 28 },
  alert_log: { by: 'ts', days: 28 },
  command_results: { by: 'ts', days: 28 },
  reports: { by: 'ts', days: 84 },
  summaries: { by: 'start', days: 28 },
  traffic: { by: 'start', days: 84 },
};

const log = (table: string, once: string): string => `
  CREATE TABLE fleet.${table} (
    id BIGINT NOT NULL,
    device INTEGER NOT NULL,
    stream TEXT NOT NULL,
    n BIGINT NOT NULL,
    ts BIGINT NOT NULL,
    at BIGINT NOT NULL,
    subject TEXT,
    kind TEXT,
    body TEXT NOT NULL
  ) {parts:ts};
  CREATE UNIQUE INDEX ${table}_once ON fleet.${table} (${once});
  CREATE INDEX ${table}_by_time ON fleet.${table} (device, at);
  CREATE INDEX ${table}_by_arrival ON fleet.${table} USING brin (id);`;

const intervals = (table: string): string => `
  CREATE TABLE fleet.${table} (
    id BIGINT NOT NULL,
    device INTEGER NOT NULL,
    subject TEXT NOT NULL,
    start BIGINT NOT NULL,
    part INTEGER NOT NULL,
    stream TEXT NOT NULL,
    n BIGINT NOT NULL,
    ts BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL
  ) {parts:start};
  CREATE UNIQUE INDEX ${table}_once ON fleet.${table} (device, subject, start, part);
  CREATE INDEX ${table}_by_time ON fleet.${table} (device, at);
  CREATE INDEX ${table}_by_arrival ON fleet.${table} USING brin (id);`;

/** Their messages have no number: `n` is their seq, which begins anew. */
const UNNUMBERED: ReadonlySet<string> = new Set(['metrics', 'command_results']);

/**
 * One step per version; only ever appended to. `{parts:COLUMN}` is what makes a table one in parts; nothing where TimescaleDB does.
 * Numbers are 8 bytes where they are times or the devices'.
 */
export const FLEET_SCHEMA: readonly string[] = [
  `CREATE TABLE fleet.devices (
    id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    online SMALLINT,
    reason TEXT,
    bd_seq BIGINT,
    birth_ts BIGINT,
    boot TEXT,
    version TEXT,
    model TEXT,
    variant TEXT,
    provider TEXT,
    tenant TEXT,
    board TEXT,
    configuration TEXT,
    first_heard_at BIGINT NOT NULL,
    heard_at BIGINT NOT NULL,
    offset_ms DOUBLE PRECISION,
    clock TEXT,
    reported TEXT,
    under_bd_seq BIGINT,
    under_ts BIGINT
  ) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX devices_by_name ON fleet.devices (site, device);
  CREATE TABLE fleet.births (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device INTEGER NOT NULL,
    bd_seq BIGINT NOT NULL,
    ts BIGINT NOT NULL,
    boot TEXT,
    received_at BIGINT NOT NULL,
    ended_at BIGINT,
    ended_by TEXT,
    seqs TEXT NOT NULL,
    missing BIGINT NOT NULL
  ) WITH (fillfactor = 70);
  CREATE UNIQUE INDEX births_once ON fleet.births (device, bd_seq, ts);
  CREATE INDEX births_by_boot ON fleet.births (device, boot);
  CREATE INDEX births_of_device ON fleet.births (device, id);
  CREATE INDEX births_by_arrival ON fleet.births (received_at);
  CREATE TABLE fleet.birth_bodies (
    device INTEGER NOT NULL,
    bd_seq BIGINT NOT NULL,
    ts BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (device, bd_seq, ts)
  );
  CREATE INDEX birth_bodies_by_arrival ON fleet.birth_bodies (received_at);
  CREATE TABLE fleet.streams (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    device INTEGER NOT NULL,
    stream TEXT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL,
    lost BIGINT NOT NULL,
    heard_at BIGINT NOT NULL
  ) WITH (fillfactor = 50);
  CREATE UNIQUE INDEX streams_once ON fleet.streams (device, stream);
  CREATE TABLE fleet.alerts (
    device INTEGER NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    ts BIGINT NOT NULL,
    holds SMALLINT NOT NULL,
    cleared_at BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (device, code)
  );
  CREATE TABLE fleet.quarantine (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at BIGINT NOT NULL,
    topic TEXT NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    sample TEXT NOT NULL
  );
  CREATE INDEX quarantine_by_time ON fleet.quarantine (received_at);
  CREATE TABLE fleet.counts (
    collector TEXT NOT NULL,
    name TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (collector, name)
  ) WITH (fillfactor = 50);
  ${LOG_TABLES.map((table) => log(table, UNNUMBERED.has(table) ? 'device, ts, n' : 'device, stream, n, ts')).join('')}
  ${INTERVAL_TABLES.map(intervals).join('')}`,
  `CREATE TABLE fleet.actions (
    id TEXT COLLATE "C" PRIMARY KEY,
    created_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    plan TEXT NOT NULL,
    progress TEXT NOT NULL
  );
  CREATE INDEX actions_by_time ON fleet.actions (created_at);
  CREATE INDEX actions_open ON fleet.actions (created_at) WHERE state IN ('running', 'halted');
  CREATE TABLE fleet.action_devices (
    action TEXT NOT NULL,
    site TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    stage INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    sent_at BIGINT,
    answered_at BIGINT,
    reason TEXT,
    result TEXT,
    alerts_before TEXT NOT NULL,
    PRIMARY KEY (action, site, device)
  );
  CREATE TABLE fleet.audit (
    n BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    by TEXT NOT NULL,
    what TEXT NOT NULL,
    action TEXT,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
  );
  CREATE FUNCTION fleet.audit_is_only_appended_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit is only appended to'; END $$;
  CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON fleet.audit
    FOR EACH ROW EXECUTE FUNCTION fleet.audit_is_only_appended_to();
  CREATE TABLE fleet.device_labels (
    site TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (site, device, label)
  );
  CREATE TABLE fleet.device_configurations (
    site TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    "values" TEXT NOT NULL,
    PRIMARY KEY (site, device)
  )`,
  // collectors that share the load, and what arrived at any of them and is not worked on yet
  `CREATE TABLE fleet.collectors (
    name TEXT PRIMARY KEY,
    slot SMALLINT NOT NULL UNIQUE,
    seen_at BIGINT NOT NULL,
    safe_at BIGINT NOT NULL
  ) WITH (fillfactor = 50);
  CREATE TABLE fleet.inbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    partition SMALLINT NOT NULL,
    arrived_at BIGINT NOT NULL,
    retained BOOLEAN NOT NULL,
    late BOOLEAN NOT NULL,
    topic TEXT NOT NULL,
    payload BYTEA NOT NULL
  ) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
  CREATE INDEX inbox_in_order ON fleet.inbox (partition, arrived_at, id)`,
  // which of several carries actions out, and what devices answered that it has not heard yet
  `CREATE TABLE fleet.action_holder (
    one BOOLEAN PRIMARY KEY DEFAULT true CHECK (one),
    name TEXT NOT NULL
  );
  CREATE TABLE fleet.answers (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    site TEXT NOT NULL,
    device TEXT NOT NULL,
    body TEXT NOT NULL
  )`,
  // what is old goes; of the audit only what an entry of its own says that it was put into a file
  `ALTER TABLE fleet.actions ADD COLUMN ended_at BIGINT;
  UPDATE fleet.actions SET ended_at = (progress::json ->> 'endedAt')::bigint;
  CREATE INDEX actions_by_end ON fleet.actions (ended_at) WHERE ended_at IS NOT NULL;
  CREATE INDEX action_devices_by_state ON fleet.action_devices (action, state, site, device, stage);
  CREATE INDEX audit_archived ON fleet.audit (n) WHERE what = 'archived';
  CREATE OR REPLACE FUNCTION fleet.audit_is_only_appended_to() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND OLD.n <= (SELECT (detail::json ->> 'through')::bigint FROM fleet.audit
        WHERE what = 'archived' ORDER BY n DESC LIMIT 1) THEN RETURN OLD; END IF;
      RAISE EXCEPTION 'the audit is only appended to';
    END $$`,
];
