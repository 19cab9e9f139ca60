/**
 * How the running program does: `starting` until every camera was begun and a model answers; `serving` while frames are
 * answered, or there is none to answer; `stuck` while frames come and get no answer.
 */
export type ProgramState = 'starting' | 'serving' | 'stuck';

/** What the running program says to whoever asks whether it is well. */
export interface HealthReport {
  readonly state: ProgramState;
  /** Its process id, in its own container where it runs in one. */
  readonly pid: number;
  readonly uptimeS: number;
  /** s since it was last seen that frames are answered, or that there is none to answer; null while it starts. */
  readonly inOrderS: number | null;
  /** One line for people: cameras, answers a second, the worst estimate, provider. */
  readonly line: string;
}

/** What was answered; null where it is no report. */
export function healthReportIn(text: string): HealthReport | null {
  try {
    const report = JSON.parse(text) as Partial<HealthReport> | null;
    return typeof report?.state === 'string' && typeof report.line === 'string' ? (report as HealthReport) : null;
  } catch {
    return null;
  }
}
