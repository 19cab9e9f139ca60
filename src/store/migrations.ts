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
];
