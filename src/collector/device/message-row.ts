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
  const row = { device, stream, n: body.n ?? body.seq!, ts, at, receivedAt, subject, body: text };
  if (name === 'traffic' || name === 'summary') {
    const start = body['from'] as number;
    // the interval, not when it was told
    const place = { start, part: (body['part'] as number | undefined) ?? 1, at: at + start - ts };
    return { ...row, ...place, table: name === 'traffic' ? 'traffic' : 'summaries' };
  }
  const kind = (KINDS[name]?.(body) ?? null) as string | null;
  return { ...row, table: TABLES[name] ?? 'reports', kind };
}
