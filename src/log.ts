import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** The part of pino's logger that the rest of the program uses: `(fields, message)`. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'child' | 'level'>;

/** Keys whose values never reach a log line, at the top and one level down. */
const SECRET_KEYS = ['password', 'passphrase', 'token', 'secret', 'authorization', 'key'];
const REDACTED = SECRET_KEYS.flatMap((key) => [key, `*.${key}`]);

/**
 * A logger to stderr: one line for people on a terminal, one JSON object per line otherwise.
 * Credentials inside URLs are masked in every message and every string field.
 *
 * @param level `silent`, `error`, `warn`, `info` or `debug`
 * @param destination for tests: where JSON lines go instead
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    redact: { paths: REDACTED, censor: '***' },
    formatters: { log: maskFields },
    hooks: { logMethod: maskMessage },
  };
  if (destination) return pino(options, destination);
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, pretty({ destination: 2, sync: true, translateTime: 'HH:MM:ss', ignore: 'pid,hostname' }));
}

/** A logger that says nothing: the default of parts used without a runtime. */
export const silentLog: Log = pino({ level: 'silent' });

/** `rtsp://user:pass@host/x?token=1` → `rtsp://***@host/x?token=***`: for everything that leaves the process. */
export function maskCredentials(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/?#]*@/gi, '$1***@')
    .replace(/([?&](?:[^=&\s]*(?:token|passw|pwd|secret|key|auth|sig)[^=&\s]*)=)[^&\s]*/gi, '$1***');
}

function maskFields(fields: Record<string, unknown>): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value instanceof Error) masked[key] = maskCredentials(value.message);
    else masked[key] = typeof value === 'string' ? maskCredentials(value) : value;
  }
  return masked;
}

function maskMessage(this: Logger, args: unknown[], method: (...args: never[]) => void): void {
  const masked = args.map((arg) => (typeof arg === 'string' ? maskCredentials(arg) : arg));
  method.apply(this, masked as never[]);
}
