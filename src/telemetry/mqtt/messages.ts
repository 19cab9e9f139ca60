import { z } from '../../foundation/validate.js';
import { alert, alertLog } from './messages/alert.js';
import { command, commandResult, invalidation } from './messages/command.js';
import { dailyReport, weeklyReport } from './messages/daily-report.js';
import { event } from './messages/event.js';
import { evidenceMessage, evidenceReport } from './messages/evidence.js';
import { fullMetrics, metrics } from './messages/metrics.js';
import { accuracyReport, deliveryReport } from './messages/report.js';
import { signal } from './messages/signal.js';
import { status } from './messages/status.js';
import { summary } from './messages/summary.js';
import { traffic } from './messages/traffic.js';
import { trial } from './messages/trial.js';

/*
 * Every message of a device, its schema in a file of messages/; docs/mqtt/*.schema.json is generated from here. Receivers
 * must ignore keys that they do not know: later versions add some.
 */

/** One kind of message: its topic below `edge/v1/<site>/<device>/`, how it is sent, what it holds. */
export interface MessageKind {
  readonly topic: string;
  /** Between devices, the topic is below `edge/v1/<site>/_site/`. */
  readonly direction: 'from device' | 'to device' | 'between devices';
  readonly qos: string;
  readonly retained: boolean;
  readonly description: string;
  readonly schema: z.ZodType;
}

export const MESSAGES = {
  status: {
    topic: 'status',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'Birth after every connection and change of model; last will; clean stop.',
    schema: status,
  },
  metrics: {
    topic: 'metrics',
    direction: 'from device',
    qos: '0',
    retained: false,
    description: 'What changed since the previous message; all values now and then and after each birth.',
    schema: metrics,
  },
  'metrics-full': {
    topic: 'metrics/full',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'All values, for whoever comes late: after each birth, every hour, and when a command asks for it.',
    schema: fullMetrics,
  },
  event: {
    topic: 'event/<camera>',
    direction: 'from device',
    qos: '1',
    retained: false,
    description:
      'What a vehicle did: appeared, left, stopped, moved, crossed a line, entered or exited a zone, broke a rule.',
    schema: event,
  },
  traffic: {
    topic: 'traffic/<camera>',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'Vehicles counted in an interval, by line, direction, zone and class, with totals over all restarts.',
    schema: traffic,
  },
  summary: {
    topic: 'summary',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'Some metrics minute by minute, several minutes in a message.',
    schema: summary,
  },
  trial: {
    topic: 'trial',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'A change of the tuning is being tried, or what became of one: kept, rolled back, expired.',
    schema: trial,
  },
  alert: {
    topic: 'alert/<code>',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'Something is wrong; retained while it is. An empty payload says that it is over.',
    schema: alert,
  },
  'alert-log': {
    topic: 'alert/<code>/log',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'A step in the life of an alert: raised, changed, cleared, acknowledged, snoozed.',
    schema: alertLog,
  },
  'report-accuracy': {
    topic: 'report/accuracy',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'How good the answers without inference are at each hour of the day, by audits; every hour.',
    schema: accuracyReport,
  },
  'report-delivery': {
    topic: 'report/delivery',
    direction: 'from device',
    qos: '1',
    retained: true,
    description:
      'How far the numbers of this device are and what it gave up, so that a receiver can prove that nothing is missing.',
    schema: deliveryReport,
  },
  evidence: {
    topic: 'evidence/<camera>',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'A signed record of an event, with pictures, where evidence.push.to is mqtt.',
    schema: evidenceMessage,
  },
  'report-evidence': {
    topic: 'report/evidence',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'How far the chain of the evidence is: whoever keeps it can find that its end was removed.',
    schema: evidenceReport,
  },
  'report-daily': {
    topic: 'report/daily',
    direction: 'from device',
    qos: '1',
    retained: true,
    description:
      'What a day was: availability, traffic, accuracy, latency, costs, alerts, trials, and what to do; once a day is over.',
    schema: dailyReport,
  },
  'report-weekly': {
    topic: 'report/weekly',
    direction: 'from device',
    qos: '1',
    retained: true,
    description: 'How the figures of a device went over twelve weeks: trends and new levels; once a week is over.',
    schema: weeklyReport,
  },
  command: {
    topic: 'cmd/<name>',
    direction: 'to device',
    qos: '1',
    retained: false,
    description: 'A command, signed or not; an empty payload counts as {}. Retained ones are refused.',
    schema: command,
  },
  'command-result': {
    topic: 'cmd/<name>/result',
    direction: 'from device',
    qos: '1',
    retained: false,
    description: 'The answer to a command.',
    schema: commandResult,
  },
  signal: {
    topic: 'signal/<name>',
    direction: 'to device',
    qos: '0 or 1',
    retained: false,
    description: 'What a traffic signal shows, for rules about crossing on red. Retained ones are ignored.',
    schema: signal,
  },
  invalidation: {
    topic: 'cmd/invalidate',
    direction: 'between devices',
    qos: '1',
    retained: false,
    description:
      "What was invalidated in the cache of one device and is to be in those of the others, signed with the site's key.",
    schema: invalidation,
  },
} as const satisfies Record<string, MessageKind>;

export type MessageName = keyof typeof MESSAGES;

/** The JSON Schema (2020-12) of one kind of message, as published in docs/mqtt/. */
export function messageJsonSchema(name: MessageName): Record<string, unknown> {
  const { topic, direction, description, schema } = MESSAGES[name];
  return {
    ...z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }),
    title: `edge/v1/<site>/${direction === 'between devices' ? '_site' : '<device>'}/${topic}`,
    description,
  };
}
