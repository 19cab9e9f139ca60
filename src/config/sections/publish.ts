import { z } from '../../foundation/validate.js';
import { int } from '../key-types.js';

/** `publish`: what is told over MQTT, and how often. */
export const publish = z.strictObject({
  maxEventsPerSecond: int(1, 10_000, {
    unit: 'events/s',
    description: 'Events that one camera may publish, on average; what goes beyond is left out and counted.',
  }).default(20),
  metricsIntervalMs: int(200, 3_600_000, {
    unit: 'ms',
    description: 'How often metrics are published; only those that changed.',
  }).default(10_000),
  metricsFullEvery: int(1, 1000, {
    unit: 'messages',
    description: 'Every so many metrics messages all values are sent, changed or not.',
  }).default(30),
});
