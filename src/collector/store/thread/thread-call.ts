import { ConfigError, EdgeError, type ErrorCode, type ErrorContext } from '../../../foundation/errors.js';
import type { ActionStore } from '../../actions/action-store.js';
import type { FleetStore } from '../fleet-store.js';
import type { RepeatedWrite } from '../sqlite-writes.js';

/** What the thread is started with. */
export interface FleetThreadTask {
  readonly file: string;
  readonly durable: boolean;
  readonly retentionDays: Readonly<Record<string, number>> | null;
  readonly mostQuarantined: number;
  readonly busyTimeoutMs: number | null;
  readonly logLevel: string;
}

/** What is asked of a store in a thread beside `run`, `open` and `close`. */
export type AskedOfStore = Exclude<keyof FleetStore, 'actions' | 'commit' | 'close'>;

/** What the thread is asked, one after the other; the file is opened by the first question. */
export type ThreadCall = { readonly id: number } & ThreadQuestion;

/** What can be asked of it. */
export type ThreadQuestion =
  | { readonly of: 'open' }
  | { readonly of: 'close' }
  | { readonly of: 'run'; readonly writes: readonly RepeatedWrite[] }
  | { readonly of: 'store'; readonly name: AskedOfStore; readonly values: readonly unknown[] }
  | { readonly of: 'actions'; readonly name: keyof ActionStore; readonly values: readonly unknown[] };

/** What it answers, in the same order. */
export type ThreadAnswered = { readonly id: number } & ({ readonly result: unknown } | { readonly error: ThrownThere });

/** An error on its way between threads, which would take its class from it. */
export interface ThrownThere {
  readonly message: string;
  /** Of an EdgeError; null: it is none. */
  readonly edge: { readonly code: ErrorCode; readonly context: ErrorContext; readonly permanent: boolean } | null;
  /** Of a ConfigError; null: it is none. */
  readonly problems: readonly string[] | null;
  /** SQLite's, of any other; null: it has none. */
  readonly code: string | null;
}

/** For the other thread. */
export function toThrownThere(error: unknown): ThrownThere {
  const message = error instanceof Error ? error.message : String(error);
  const isEdge = error instanceof EdgeError;
  const code = (error as { code?: unknown } | null)?.code;
  return {
    message,
    edge: isEdge ? { code: error.code, context: error.context, permanent: error.permanent } : null,
    problems: error instanceof ConfigError ? error.problems : null,
    code: !isEdge && typeof code === 'string' ? code : null,
  };
}

/** What was thrown in the other thread. */
export function toError({ message, edge, problems, code }: ThrownThere): Error {
  if (problems !== null) return new ConfigError(message.split(':\n')[0]!, problems);
  if (edge !== null) return new EdgeError(edge.code, message, { context: edge.context, permanent: edge.permanent });
  return Object.assign(new Error(message), code === null ? {} : { code });
}
