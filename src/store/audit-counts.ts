/** What audits counted of one camera over some time; all of it adds up. */
export interface AuditCounts {
  readonly audits: number;
  /** Frames by origin. */
  readonly inferred: number;
  readonly reusedMemory: number;
  readonly reusedDisk: number;
  readonly propagated: number;
  /** Boxes of the audits together. */
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly misses: number;
  /** Of these audits, those of propagated answers: false and missed boxes, and 2TP + FP + FN. */
  readonly propagatedErrors: number;
  readonly propagatedSize: number;
  /** Audits of reused answers, and those of them that were wrong. */
  readonly reuseAudits: number;
  readonly wrongReuses: number;
}

/** One hour of a camera, as it is stored. */
export interface AuditHour extends AuditCounts {
  /** Unix hour: Unix ms / 3,600,000. */
  readonly hour: number;
}
