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
  return { table, device, stream, n, ts, at, receivedAt, subject, kind, body: text };
}
