import type { FleetMessage } from '../inbound/inspection.js';
import type { IntervalRow, LogRow, LogTable } from '../store/fleet-store.js';

const TABLES: Readonly<Record<string, LogTable>> = {
  event: 'events',
  trial: 'trials',
  'alert-log': 'alert_log',
  evidence: 'evidence',
  metrics: 'metrics',
  'metrics-full': 'metrics',
  'command-result': 'command_results',
};

/** What of a body says more of its kind than the topic does. */
const KINDS: Readonly<Record<string, (body: FleetMessage['body']) => unknown>> = {
  event: (body) => body['offence'] ?? body['kind'],
  'alert-log': (body) => body['kind'],
  trial: (body) => body['verdict'] ?? 'begun',
  metrics: (body) => (body['full'] === true ? 'full' : 'changes'),
  'metrics-full': () => 'full',
};

/**
 * What is kept of a message besides what it changes of its device.
 *
 * @param at Unix ms: where it belongs in time
 */
export function rowOf(message: FleetMessage, device: number, at: number): LogRow | IntervalRow {
  const { name, subject, body, text, receivedAt } = message;
  const { ts, stream = '' } = body;
  // without a stream there is a seq: only a last will has neither
  const n = body.n ?? body.seq!;
  if (name === 'traffic' || name === 'summary') {
    const start = body['from'] as number;
    const part = (body['part'] as number | undefined) ?? 1;
    const table = name === 'traffic' ? 'traffic' : 'summaries';
    // the interval, not when it was told
    return { table, device, subject, start, part, stream, n, ts, at: at + start - ts, receivedAt, body: text };
  }
  const kind = (KINDS[name]?.(body) ?? null) as string | null;
  const table = TABLES[name] ?? 'reports';
  const kept = name === 'command-result' ? withoutPictures(body, text) : text;
  return { table, device, stream, n, ts, at, receivedAt, subject, kind, body: kept };
}

/** What shows somebody or something: it is for whoever asked, and in the table for who may look at answers it would be for everybody. */
const SHOWN_ONCE = ['jpeg', 'image', 'evidence', 'record', 'signed'] as const;

/** An answer to a command as it came, but for pictures and records of evidence. */
function withoutPictures(body: FleetMessage['body'], text: string): string {
  const { result } = body as { readonly result?: Readonly<Record<string, unknown>> };
  const isTold = body['command'] === 'evidence' || body['command'] === 'snapshot';
  if (!isTold || typeof result !== 'object' || result === null) return text;
  const kept = Object.fromEntries(
    Object.entries(result).map(([key, value]) => [key, SHOWN_ONCE.includes(key as never) ? '***' : value]),
  );
  return JSON.stringify({ ...body, result: kept });
}
