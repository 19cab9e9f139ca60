/** When something is read, on both of a device's clocks. */
export interface ReadAt {
  /** ms that only go forward. */
  readonly now: number;
  /** Unix ms. */
  readonly unixNow: number;
}

/**
 * A source of readings of the machine that the program runs on: the processor, a board's sensors. It holds its readings in
 * fields of its own, each null where there is none, and throws nothing: what is not there, vanishes or says what cannot be
 * true is a reading that is missing.
 */
export interface MachineReader {
  /** What people call it in a log line. */
  readonly name: string;
  /**
   * Finds what there is to read and keeps it open. Called at the start, and now and then again for what was plugged in,
   * removed or made anew meanwhile; readings stay.
   */
  look(): void | Promise<void>;
  /**
   * Reads everything anew. Called at most once a second, and not again before it has ended; whoever reads what may block
   * does so off the main thread and gives up in time.
   */
  read(at: ReadAt): void | Promise<void>;
  /** Releases what it holds; its readings become null. May be called again. */
  close(): void;
}
