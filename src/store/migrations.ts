/** The schema of `history.db` under `store.dir`, one step per version; only ever appended to. */
export const HISTORY_MIGRATIONS: readonly string[] = [
  `CREATE TABLE audits (
     camera TEXT NOT NULL,
     model TEXT NOT NULL, -- model and variant: another one's errors say nothing
     hour INTEGER NOT NULL, -- Unix ms / 3,600,000
     audits INTEGER NOT NULL,
     inferred INTEGER NOT NULL, -- frames by origin
     reused_memory INTEGER NOT NULL,
     reused_disk INTEGER NOT NULL,
     propagated INTEGER NOT NULL,
     true_positives INTEGER NOT NULL, -- boxes of the audits together
     false_positives INTEGER NOT NULL,
     misses INTEGER NOT NULL,
     reuse_audits INTEGER NOT NULL,
     wrong_reuses INTEGER NOT NULL,
     PRIMARY KEY (camera, model, hour)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX audits_by_hour ON audits (hour);`,
  `ALTER TABLE audits ADD COLUMN propagated_errors INTEGER NOT NULL DEFAULT 0; -- of the boxes above, in propagated answers
   ALTER TABLE audits ADD COLUMN propagated_size INTEGER NOT NULL DEFAULT 0; -- 2TP + FP + FN of these`,
  `CREATE TABLE quiet_hours (
     camera TEXT NOT NULL,
     hour INTEGER NOT NULL, -- Unix ms / 3,600,000
     longest_ms INTEGER NOT NULL, -- without any vehicle
     PRIMARY KEY (camera, hour)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX quiet_hours_by_hour ON quiet_hours (hour);`,
  `CREATE TABLE series (
     id INTEGER PRIMARY KEY, -- below 65,536
     name TEXT NOT NULL UNIQUE, -- with the values of its labels: frames_answered.north.inferred
     metric TEXT NOT NULL,
     labels TEXT NOT NULL, -- JSON: by label its value
     unit TEXT NOT NULL,
     kind TEXT NOT NULL, -- gauge, rate, histogram
     first_at INTEGER NOT NULL, -- Unix ms
     last_at INTEGER NOT NULL -- Unix ms, at most a block's time before its last point
   ) STRICT;
   -- slot: number of the block (an hour each, of series_1h eight days) times 65,536, and the series; points: point-codec.ts
   CREATE TABLE series_10s (slot INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
   CREATE TABLE series_1min (slot INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
   CREATE TABLE series_1h (slot INTEGER PRIMARY KEY, points BLOB NOT NULL) STRICT;
   CREATE TABLE series_journal ( -- what blocks got that are not written as a whole yet
     id INTEGER PRIMARY KEY,
     block_ms INTEGER NOT NULL, -- how long the blocks are
     start INTEGER NOT NULL, -- of the blocks, Unix ms
     entries BLOB NOT NULL -- series-journal.ts
   ) STRICT;`,
  `CREATE TABLE commands (
     at INTEGER NOT NULL, -- Unix ms
     key TEXT NOT NULL, -- id of the key that signed it
     command_id TEXT NOT NULL, -- JSON
     nonce TEXT NOT NULL,
     name TEXT NOT NULL,
     to_site INTEGER NOT NULL,
     body TEXT NOT NULL, -- JSON
     done_at INTEGER, -- Unix ms; null while it is being carried out
     result TEXT, -- JSON
     UNIQUE (key, command_id)
   ) STRICT;
   CREATE INDEX commands_by_time ON commands (at);
   CREATE INDEX commands_by_nonce ON commands (key, nonce);
   CREATE TABLE orders ( -- what a command changed until it ends
     subject TEXT PRIMARY KEY, -- 'set output.logLevel', 'pause north'
     value TEXT NOT NULL, -- JSON
     since INTEGER NOT NULL, -- Unix ms
     until INTEGER, -- Unix ms; null: until it is taken back
     by TEXT NOT NULL -- id of the key that signed it
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE alert_log (
     id INTEGER PRIMARY KEY,
     at INTEGER NOT NULL, -- Unix ms
     code TEXT NOT NULL,
     kind TEXT NOT NULL, -- raised, changed, cleared, acknowledged, snoozed, unsnoozed
     alert TEXT, -- JSON: as it was afterwards, or before it was cleared
     who TEXT, -- acknowledged or snoozed it
     until INTEGER -- Unix ms, of a snooze
   ) STRICT;
   CREATE INDEX alert_log_by_time ON alert_log (at);
   CREATE TABLE alert_states (
     code TEXT PRIMARY KEY,
     state TEXT NOT NULL -- JSON: what must be known of it after a restart
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE alert_baselines (
     series TEXT PRIMARY KEY, -- what is usual of which metric
     saved_at INTEGER NOT NULL, -- Unix ms
     state BLOB NOT NULL -- 32-bit floats, as the detector reads them
   ) STRICT;`,
  `CREATE TABLE traffic (
     camera TEXT NOT NULL,
     start INTEGER NOT NULL, -- Unix ms
     part INTEGER NOT NULL, -- 1; more where the clock was set back
     interval_s INTEGER NOT NULL,
     covered_ms INTEGER NOT NULL,
     left_out INTEGER NOT NULL,
     counts TEXT NOT NULL, -- JSON
     state INTEGER NOT NULL, -- 0 not over, 1 over, 2 told
     PRIMARY KEY (camera, start, part)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX traffic_by_start ON traffic (start);
   CREATE INDEX traffic_untold ON traffic (camera, start) WHERE state < 2;
   CREATE INDEX traffic_fine ON traffic (start) WHERE interval_s < 3600;
   CREATE TABLE traffic_totals (
     camera TEXT NOT NULL,
     kind TEXT NOT NULL, -- crossed, entered, exited
     name TEXT NOT NULL, -- of the line or zone
     direction TEXT NOT NULL, -- empty of a zone
     class TEXT NOT NULL, -- empty: only since when
     since INTEGER NOT NULL, -- Unix ms
     count INTEGER NOT NULL,
     PRIMARY KEY (camera, kind, name, direction, class)
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE cursors ( -- how far something has come
     name TEXT PRIMARY KEY,
     at INTEGER NOT NULL -- Unix ms
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE trials ( -- what the tuning tried
     id TEXT PRIMARY KEY,
     at INTEGER NOT NULL, -- Unix ms of its begin
     strategy TEXT NOT NULL,
     verdict TEXT, -- kept, rolled-back, expired; null while it is under way
     record TEXT NOT NULL -- JSON
   ) STRICT;
   CREATE INDEX trials_by_time ON trials (at);
   CREATE INDEX trials_under_way ON trials (at) WHERE verdict IS NULL;
   CREATE TABLE tuned ( -- what it found and kept, which a restart begins with
     name TEXT PRIMARY KEY,
     saved_at INTEGER NOT NULL, -- Unix ms
     state TEXT NOT NULL -- JSON
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE view_references (
     camera TEXT NOT NULL,
     hour INTEGER NOT NULL, -- Unix ms / 3,600,000
     picture BLOB NOT NULL, -- 64 x 36 levels of grey of what stays before the camera
     PRIMARY KEY (camera, hour)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX view_references_by_hour ON view_references (hour);`,
];

/** The schema of `quiet-hours.db` under `store.dir`, which earlier versions had beside `history.db`; nothing is added to it. */
export const QUIET_HOURS_MIGRATIONS: readonly string[] = [
  `CREATE TABLE quiet_hours (
     camera TEXT NOT NULL,
     hour INTEGER NOT NULL, -- Unix ms / 3,600,000
     longest_ms INTEGER NOT NULL, -- without any vehicle
     PRIMARY KEY (camera, hour)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX quiet_hours_by_hour ON quiet_hours (hour);`,
];

/** The schema of `profiles.db` under `store.dir`, one step per version; only ever appended to. */
export const PROFILE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE devices (
     id TEXT PRIMARY KEY, -- of the fingerprint
     fingerprint TEXT NOT NULL, -- JSON
     seen_at INTEGER NOT NULL -- Unix ms
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE measurements (
     device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
     model TEXT NOT NULL,
     variant TEXT NOT NULL,
     sha256 TEXT NOT NULL, -- of the model file
     provider TEXT NOT NULL,
     threads INTEGER NOT NULL,
     batch INTEGER NOT NULL,
     workers INTEGER NOT NULL,
     measured_at INTEGER NOT NULL, -- Unix ms
     rounds INTEGER NOT NULL,
     p50_ms REAL,
     p95_ms REAL,
     images_per_second REAL,
     spread REAL, -- standard error of the two above, relative
     rss_bytes INTEGER,
     millijoules_per_image REAL,
     temperature_before REAL, -- degrees C
     temperature_after REAL,
     drift REAL NOT NULL,
     load_ms REAL,
     failure TEXT, -- null where it was measured
     PRIMARY KEY (device, model, variant, sha256, provider, threads, batch, workers)
   ) STRICT, WITHOUT ROWID;`,
  `ALTER TABLE measurements ADD COLUMN accelerator_bytes INTEGER;`,
  `CREATE TABLE accuracies ( -- of variants on the device's own cameras, by what they agree upon
     cameras TEXT NOT NULL, -- what they are known by together
     model TEXT NOT NULL,
     variant TEXT NOT NULL,
     sha256 TEXT NOT NULL, -- of the model file
     f1 REAL NOT NULL,
     boxes INTEGER NOT NULL, -- vehicles behind it
     measured_at INTEGER NOT NULL, -- Unix ms
     PRIMARY KEY (cameras, model, variant, sha256)
   ) STRICT, WITHOUT ROWID;`,
];
