import { z } from '../../foundation/validate.js';
import { flag, int } from '../key-types.js';

/** `outbox`: what must arrive at the broker, and waits while it is away. */
export const outbox = z.strictObject({
  disk: flag({
    description:
      'Keep events, traffic counts, summaries, steps of alerts and reports in SQLite under store.dir until the broker has them; false: in memory, mqtt.queueMessages of them.',
  }).default(true),
  maxMiB: int(16, 1_048_576, {
    unit: 'MiB',
    description:
      'What the file may take on the disk with its log. When it is full the oldest events go first, then traffic counts and summaries, alerts and reports last; all is counted and told. A message takes about 0.6 kB.',
  }).default(512),
  maxAgeHours: int(1, 8760, {
    unit: 'h',
    description: 'What has waited for longer, of the time that the program ran, is given up and told.',
  }).default(168),
  drainPerSecond: int(1, 10_000, {
    unit: 'messages/s',
    description: 'How fast the backlog of an outage is sent afterwards, behind live traffic.',
  }).default(20),
  flushMs: int(50, 1000, {
    unit: 'ms',
    description:
      'How often what came is committed: what a kill may take, and what a live message waits at most. Alerts are committed at once.',
  }).default(250),
});
