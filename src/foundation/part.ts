import type { AlertDeclaration } from './alert-declaration.js';
import type { CommandDeclaration } from './command.js';
import type { HttpRoute } from './http-route.js';
import type { MetricRow } from './metric-row.js';

/** A key of the configuration and whether a change of it waits for the next start. */
export interface Setting {
  /** A key (`model.variant`) or a section (`model`: every key in it that nobody declares more exactly). */
  readonly path: string;
  readonly requiresRestart: boolean;
  /**
   * Takes another value up while the program runs, and before the part starts; absent where a command may not set the key.
   *
   * @param value as the schema gives it
   * @param path of the key, where this is a section
   */
  readonly apply?: (value: unknown, path: string) => void | Promise<void>;
}

/**
 * One part of the runtime, and what it brings into the program besides its work. What it brings is there before `start`
 * and stays the same: whoever looks then finds no readings yet.
 */
export interface Part {
  /** What people call it in log lines: `cache`, `publisher`. */
  readonly name: string;
  /**
   * Without an essential part there is no point in running: where it cannot start, the start of the program ends with its
   * error. Any other is named, left out and tried again.
   */
  readonly essential: boolean;
  readonly metrics?: readonly MetricRow[];
  readonly alerts?: readonly AlertDeclaration[];
  readonly routes?: readonly HttpRoute[];
  readonly commands?: readonly CommandDeclaration[];
  readonly settings?: readonly Setting[];
  /**
   * Parts are started in order, each once the one before it has started.
   *
   * @param signal aborted when the program is to stop: what takes its time ends early, without an error
   */
  start(signal: AbortSignal): void | Promise<void>;
  /**
   * Releases everything, also during a start, and after one that failed or was aborted; may be called again. Parts are
   * stopped in reverse.
   */
  stop(reason: string): void | Promise<void>;
}
