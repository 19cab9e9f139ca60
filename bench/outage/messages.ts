import type { EventPayload } from '../../src/telemetry/mqtt/messages/event.js';
import type { Publisher } from '../../src/telemetry/mqtt/publisher.js';

/** Simulated Unix ms at which everything begins. */
export const START = 1_700_000_000_000;

/** Of so many messages one is a step of an alert, traffic of an interval, a summary; the others are events. */
const ALERT_EVERY = 500;
const TRAFFIC_EVERY = 60;
const SUMMARY_EVERY = 125;

const EVENT = {
  kind: 'crossed',
  capturedAt: START,
  origin: 'propagated',
  ageMs: 267,
  confidence: 0.982,
  latencyMs: 3.1,
  counts: { car: 8, bus: 1 },
  vehicle: { trackId: 41, class: 'car', score: 0.91, box: [214.1, 190.3, 282.5, 246.9] },
  line: 'gate',
  direction: 'inbound',
  total: 12,
} as const satisfies Omit<Extract<EventPayload, { kind: 'crossed' }>, 'frame'>;

/** Whether a message is a step of an alert, which is accepted when it has been handed in. */
export const isAlert = (id: number): boolean => id % ALERT_EVERY === 0;

/** Hands in the message with an id, which `idOf` finds in it again. */
export function handIn(publisher: Publisher, id: number): void {
  if (isAlert(id)) publisher.alertLog('camera-lost', { at: id, kind: 'changed', alert: null });
  else if (id % TRAFFIC_EVERY === 0) {
    const counted = { intervalS: 60, coverage: 1, lines: { gate: { inbound: { car: 7 } } }, zones: {}, totals: {} };
    publisher.traffic('north', { from: id, ...counted });
  } else if (id % SUMMARY_EVERY === 0) {
    publisher.summary({ from: id, stepS: 60, steps: 1, metrics: { fps: { mean: [24.9], max: [25.1] } } });
  } else publisher.event('north', { ...EVENT, frame: id });
}

/** The id of a message; null of a report, a birth, or whatever nobody handed in. */
export function idOf(payload: string): number | null {
  const { frame, from, at } = JSON.parse(payload) as { frame?: number; from?: number; at?: number };
  return frame ?? from ?? at ?? null;
}
