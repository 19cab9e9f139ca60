/** The program that runs with the store of the patient, asked over HTTP on this machine where it listens there. */
export interface RunningProgram {
  /** As the lock of its store says; null where the lock does not say. */
  readonly pid: number | null;
  /** Unix ms of its start; null where the lock does not say. */
  readonly since: number | null;
  /**
   * The JSON of a path of its own HTTP server: `/api/status`, `/api/alerts`; null where it has no server, refuses, or does
   * not answer in time.
   */
  ask(path: string, signal: AbortSignal): Promise<unknown>;
  /** The text of a path of its HTTP server: `/metrics`; null as above. */
  askText(path: string, signal: AbortSignal): Promise<string | null>;
}
