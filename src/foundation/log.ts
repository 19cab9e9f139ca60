import { createRequire } from 'node:module';
import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { PinoPretty } from 'pino-pretty';
import { explain } from './errors.js';
import { maskKnownSecrets } from './known-secrets.js';
import { isSecretName, maskArguments, maskSecretValues } from './secret-values.js';
import { maskUserinfo } from './userinfo.js';

/** The part of pino's logger that the rest of the program uses: `(fields, message)`. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'level'>;

/** Of keys whose values never reach a log line, however deep they lie. */
const FILE_KEY = /file$/i;
/** Deeper than this a field is left out: it may be endless. */
const MAX_DEPTH = 6;
/** Keys that every line has of its own. */
const RESERVED = new Set(['level', 'time', 'msg']);
/** Of a field on a terminal, in UTF-16 units. */
const LONGEST_SHOWN = 120;
/** What would break a line in two or move the cursor of a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
const CONTROL_CHARACTERS = /[\x00-\x1f\x7f-\x9f]+/g;

/** What a child's lines all hold, beside what each of them says. */
const bound = new WeakMap<object, Readonly<Record<string, unknown>>>();

/** Of a logger, those made of it and of its children. */
const children = new WeakMap<object, WeakRef<Pick<Logger, 'level'>>[]>();

/**
 * A logger to stderr: one line for people on a terminal, one JSON object per line otherwise, `level` as a word and
 * `time` in ISO 8601 (UTC). Secrets are masked in every message and field, at any depth; an error becomes its text with
 * those of its causes. No key stands twice in a line: what a line says replaces what its child logger holds.
 *
 * @param level `silent`, `error`, `warn`, `info` or `debug`
 * @param destination for tests: where lines go instead
 * @param terminal whether lines are for people
 */
export function createLog(
  level: string,
  destination?: DestinationStream,
  terminal = destination === undefined && process.stderr.isTTY === true,
): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (word) => ({ level: word }) },
    hooks: { logMethod: logMethod(terminal ? shortened : (value) => value) },
    mixin: (_fields, _level, logger) => ({ ...bound.get(logger) }),
  };
  const log = terminal
    ? pino(
        options,
        forPeople()({ destination: destination ?? 2, sync: true, singleLine: true, translateTime: 'HH:MM:ss' }),
      )
    : pino(options, destination ?? pino.destination({ dest: 2, sync: true }));
  const { child } = log;
  const made: WeakRef<Pick<Logger, 'level'>>[] = [];
  children.set(log, made);
  // children inherit this one. Fields given to pino's own would be masked by nobody and written beside the line's
  log.child = function (this: Logger, fields: object, ...rest: never[]) {
    const one = child.call(this, {}, ...rest);
    made.push(new WeakRef(one));
    bound.set(one, { ...bound.get(this), ...(masked(fields, 0) as object) });
    return one;
  } as typeof child;
  return log;
}

/** Loaded where a person watches: services, tests and workers have no use for it. */
const forPeople = (): typeof PinoPretty => createRequire(import.meta.url)('pino-pretty') as typeof PinoPretty;

/** The least important line that is written from now on, by every child of the logger too, which pino's own leaves as they are. */
export function setLogLevel(log: Log, level: string): void {
  log.level = level;
  for (const child of children.get(log) ?? []) {
    const alive = child.deref();
    if (alive) alive.level = level;
  }
}

/** A logger that says nothing: the default of parts used without a runtime. */
export const silentLog: Log = pino({ level: 'silent' });

/**
 * `rtsp://user:pass@host/x?token=1` → `rtsp://***@host/x?token=***`, and every secret of the configuration: for everything that
 * leaves the process. In doubt more than the secret is masked.
 */
export function maskCredentials(text: string): string {
  return maskSecretValues(maskUserinfo(maskKnownSecrets(text)));
}

/** @param each what else is done to the value of a field */
function logMethod(each: (value: unknown) => unknown): NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> {
  return function (this: Logger, [first, ...rest]: unknown[], method: (...args: never[]) => void): void {
    const others = rest.map((arg) => masked(arg, 0));
    const said = masked(first instanceof Error && others.length > 0 ? { err: first } : first, 0);
    const isText = typeof said !== 'object' || said === null;
    method.apply(this, [isText ? said : fieldsOf(said, each), ...others] as never[]);
  };
}

/** Fields named like what every line has would stand in it twice. */
function fieldsOf(fields: object, each: (value: unknown) => unknown): object {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [RESERVED.has(key) ? `${key}_` : key, each(value)]),
  );
}

/** For people: a field that would fill a terminal, such as all that ffmpeg has to say, is cut off. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN - 1)}…` : value;
}

function masked(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskCredentials(value).replace(CONTROL_CHARACTERS, ' ');
  if (value instanceof Error) return masked(explain(value), depth);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (Array.isArray(value)) return listed(value).map((item) => masked(item, depth + 1));
  if ('toJSON' in value && typeof value.toJSON === 'function') return masked(value.toJSON(), depth + 1);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isSecretName(key) && !FILE_KEY.test(key) && inner != null ? '***' : masked(inner, depth + 1),
    ]),
  );
}

/** A list of texts may be a command line. */
function listed(value: readonly unknown[]): readonly unknown[] {
  const isText = value.every((item) => typeof item === 'string');
  return isText ? maskArguments(value as string[], (text) => text) : value;
}
