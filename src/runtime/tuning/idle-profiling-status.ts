/** What it does, for the status. */
export interface IdleProfilingStatus {
  readonly state: 'off' | 'waiting' | 'gathering' | 'measuring' | 'done';
  /** What is measured, or why nothing is. */
  readonly detail: string;
  /** Variants that are still to be measured; null before it was looked. */
  readonly left: number | null;
}
