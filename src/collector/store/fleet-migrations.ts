/*
 * `id` of what is kept message by message is when it was received, in Unix ms times 1024, and counts on within the ms: so rows
 * lie in the order of their arrival, and the oldest are found without another index.
 */

const log = (table: string): string => `
   CREATE TABLE ${table} (
     id INTEGER PRIMARY KEY,
     device INTEGER NOT NULL,
     stream TEXT NOT NULL, -- empty of what has no number: n is its seq then
     n INTEGER NOT NULL,
     ts INTEGER NOT NULL, -- Unix ms, by the device's clock
     at INTEGER NOT NULL, -- Unix ms: its place in time
     subject TEXT, -- camera, code, name
     kind TEXT,
     body TEXT NOT NULL -- JSON, as it came
   ) STRICT;
   CREATE INDEX ${table}_by_time ON ${table} (device, at);`;

const numberedLog = (table: string): string =>
  `${log(table)}\n   CREATE UNIQUE INDEX ${table}_once ON ${table} (device, stream, n);`;

const unnumberedLog = (table: string): string =>
  `${log(table)}\n   CREATE UNIQUE INDEX ${table}_once ON ${table} (device, ts, n);`;

const intervals = (table: string): string => `
   CREATE TABLE ${table} (
     id INTEGER PRIMARY KEY,
     device INTEGER NOT NULL,
     subject TEXT NOT NULL, -- camera; empty of what is the device's
     start INTEGER NOT NULL, -- Unix ms, by the device's clock
     part INTEGER NOT NULL,
     stream TEXT NOT NULL,
     n INTEGER NOT NULL,
     ts INTEGER NOT NULL, -- Unix ms, by the device's clock
     at INTEGER NOT NULL, -- Unix ms: its place in time
     body TEXT NOT NULL -- JSON, as it came
   ) STRICT;
   CREATE UNIQUE INDEX ${table}_once ON ${table} (device, subject, start, part);
   CREATE INDEX ${table}_by_time ON ${table} (device, at);`;

/** The schema of what a collector keeps, one step per version; only ever appended to. */
export const FLEET_MIGRATIONS: readonly string[] = [
  `CREATE TABLE devices (
     id INTEGER PRIMARY KEY,
     site TEXT NOT NULL,
     device TEXT NOT NULL,
     online INTEGER, -- null: its status was not heard
     reason TEXT,
     bd_seq INTEGER,
     birth_ts INTEGER, -- Unix ms, by the device's clock
     boot TEXT,
     version TEXT,
     model TEXT,
     variant TEXT,
     provider TEXT,
     tenant TEXT,
     first_heard_at INTEGER NOT NULL, -- Unix ms
     heard_at INTEGER NOT NULL, -- Unix ms
     offset_ms INTEGER, -- by which its clock is ahead of the collector's
     clock TEXT, -- JSON: what that is found with
     under_bd_seq INTEGER, -- the birth that messages come after
     under_ts INTEGER
   ) STRICT;
   CREATE UNIQUE INDEX devices_by_name ON devices (site, device);
   CREATE TABLE births (
     id INTEGER PRIMARY KEY,
     device INTEGER NOT NULL,
     bd_seq INTEGER NOT NULL,
     ts INTEGER NOT NULL, -- Unix ms, by the device's clock
     boot TEXT,
     body TEXT NOT NULL, -- JSON, as it came
     received_at INTEGER NOT NULL, -- Unix ms
     ended_at INTEGER, -- Unix ms
     ended_by TEXT, -- why it stopped on purpose; lost: without a word
     seqs TEXT NOT NULL, -- JSON: which numbers came
     missing INTEGER NOT NULL -- numbers that did not
   ) STRICT;
   CREATE UNIQUE INDEX births_once ON births (device, bd_seq, ts);
   CREATE INDEX births_by_boot ON births (device, boot);
   CREATE INDEX births_by_arrival ON births (received_at);
   CREATE TABLE streams (
     id INTEGER PRIMARY KEY,
     device INTEGER NOT NULL,
     stream TEXT NOT NULL,
     state TEXT NOT NULL, -- JSON: which numbers came, which were given up
     verdict TEXT NOT NULL, -- JSON: what follows from it
     lost INTEGER NOT NULL, -- numbers that will never come and that nobody told of
     heard_at INTEGER NOT NULL -- Unix ms
   ) STRICT;
   CREATE UNIQUE INDEX streams_once ON streams (device, stream);
   CREATE INDEX streams_by_time ON streams (heard_at);
   CREATE TABLE alerts (
     device INTEGER NOT NULL,
     code TEXT NOT NULL,
     ts INTEGER NOT NULL, -- Unix ms, by the device's clock
     holds INTEGER NOT NULL,
     cleared_at INTEGER, -- Unix ms
     body TEXT NOT NULL, -- JSON, as it came
     PRIMARY KEY (device, code)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE quarantine (
     id INTEGER PRIMARY KEY,
     received_at INTEGER NOT NULL, -- Unix ms
     topic TEXT NOT NULL,
     reason TEXT NOT NULL,
     detail TEXT NOT NULL,
     bytes INTEGER NOT NULL,
     sample TEXT NOT NULL -- its beginning
   ) STRICT;
   CREATE INDEX quarantine_by_time ON quarantine (received_at);
   CREATE TABLE counts (
     name TEXT PRIMARY KEY,
     count INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   ${['events', 'trials', 'alert_log', 'reports', 'evidence'].map(numberedLog).join('')}
   ${['metrics', 'command_results'].map(unnumberedLog).join('')}
   ${['traffic', 'summaries'].map(intervals).join('')}`,
  // which numbers came is written again and again: beside kilobytes that never change it would cost as much as these
  `CREATE TABLE birth_bodies (
     device INTEGER NOT NULL,
     bd_seq INTEGER NOT NULL,
     ts INTEGER NOT NULL, -- Unix ms, by the device's clock
     received_at INTEGER NOT NULL, -- Unix ms
     body TEXT NOT NULL, -- JSON, as it came
     PRIMARY KEY (device, bd_seq, ts)
   ) STRICT;
   CREATE INDEX birth_bodies_by_arrival ON birth_bodies (received_at);
   INSERT INTO birth_bodies SELECT device, bd_seq, ts, received_at, body FROM births;
   ALTER TABLE births DROP COLUMN body;`,
  // JSON: when it told of its streams last, and of which
  'ALTER TABLE devices ADD COLUMN reported TEXT;',
  `CREATE TABLE actions (
     id TEXT PRIMARY KEY,
     created_at INTEGER NOT NULL, -- Unix ms
     state TEXT NOT NULL,
     plan TEXT NOT NULL, -- JSON: what stands fast
     progress TEXT NOT NULL -- JSON: what changes
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX actions_by_time ON actions (created_at);
   CREATE INDEX actions_open ON actions (created_at) WHERE state IN ('running', 'halted');
   CREATE TABLE action_devices (
     action TEXT NOT NULL,
     site TEXT NOT NULL,
     device TEXT NOT NULL,
     stage INTEGER NOT NULL,
     state TEXT NOT NULL,
     attempts INTEGER NOT NULL,
     sent_at INTEGER, -- Unix ms
     answered_at INTEGER, -- Unix ms
     reason TEXT,
     result TEXT, -- JSON, as it was answered
     alerts_before TEXT NOT NULL, -- JSON
     PRIMARY KEY (action, site, device)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE audit (
     n INTEGER PRIMARY KEY,
     at INTEGER NOT NULL, -- Unix ms
     by TEXT NOT NULL,
     what TEXT NOT NULL,
     action TEXT,
     detail TEXT NOT NULL, -- JSON
     previous TEXT NOT NULL, -- SHA-256 of the row before
     hash TEXT NOT NULL
   ) STRICT;
   CREATE TRIGGER audit_is_appended_to BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only appended to'); END;
   CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is only appended to'); END;
   CREATE TABLE device_labels (
     site TEXT NOT NULL,
     device TEXT NOT NULL,
     label TEXT NOT NULL,
     PRIMARY KEY (site, device, label)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE device_configurations (
     site TEXT NOT NULL,
     device TEXT NOT NULL,
     hash TEXT NOT NULL,
     at INTEGER NOT NULL, -- Unix ms
     "values" TEXT NOT NULL, -- JSON by key, without secrets
     PRIMARY KEY (site, device)
   ) STRICT, WITHOUT ROWID;`,
  'ALTER TABLE devices ADD COLUMN board TEXT; ALTER TABLE devices ADD COLUMN configuration TEXT;',
  // what is old goes; of the audit only what an entry of its own says that it was put into a file
  `ALTER TABLE actions ADD COLUMN ended_at INTEGER; -- Unix ms; null while it goes on
   UPDATE actions SET ended_at = json_extract(progress, '$.endedAt');
   CREATE INDEX actions_by_end ON actions (ended_at) WHERE ended_at IS NOT NULL;
   CREATE INDEX action_devices_by_state ON action_devices (action, state, site, device, stage);
   CREATE INDEX audit_archived ON audit (n) WHERE what = 'archived';
   DROP TRIGGER audit_is_kept;
   CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit WHEN OLD.n > coalesce(
     (SELECT json_extract(detail, '$.through') FROM audit WHERE what = 'archived' ORDER BY n DESC LIMIT 1), 0)
     BEGIN SELECT RAISE(ABORT, 'the audit is only appended to'); END;`,
];
