import { z } from '../../foundation/validate.js';
import { TOKEN_ROLES } from '../../foundation/viewer.js';
import { PRESENCES } from '../device/presence.js';
import { QUARANTINE_REASONS } from '../inbound/inspection.js';
import { INTERVAL_TABLES, LOG_TABLES } from '../store/fleet-store.js';

/* What the collector answers over HTTP, as the OpenAPI document tells it. */

const unixMs = z.int().meta({ description: 'Unix ms.' });
const count = z.int().min(0);

const fleetDeviceShape = z.object({
  site: z.string(),
  device: z.string(),
  state: z.enum(PRESENCES).meta({
    description:
      'online; stale: it said so, and nothing came of late; offline: it said goodbye, or its connection broke; gone: nothing came for days; unknown: nothing that came says.',
  }),
  reason: z.string().nullable().meta({ description: 'Why it stopped on purpose; null: it did not.' }),
  firstHeardAt: unixMs,
  heardAt: unixMs.meta({ description: 'Unix ms of the newest message, by the clock of the collector.' }),
  clockOffsetMs: z.number().nullable().meta({
    description:
      'By how much its clock is ahead of that of the collector, in ms, the way of a message included; null: nothing is known.',
  }),
  boot: z.string().nullable(),
  bdSeq: z.int().nullable(),
  version: z.string().nullable(),
  model: z.string().nullable(),
  variant: z.string().nullable(),
  provider: z.string().nullable(),
  tenant: z.string().nullable(),
  board: z.string().nullable(),
  configuration: z.string().nullable().meta({ description: 'Hash of how it is configured; null: it does not tell.' }),
});

const range = z.tuple([z.int(), z.int()]).meta({ description: 'From and to, both included.' });

const connectionShape = z.object({
  bdSeq: z.int(),
  ts: unixMs.meta({ description: "Unix ms of the birth, by the device's clock." }),
  boot: z.string().nullable(),
  receivedAt: unixMs,
  endedAt: unixMs.nullable(),
  endedBy: z.string().nullable().meta({ description: 'Why it stopped on purpose; lost: it was gone without a word.' }),
  messages: count.meta({ description: 'Different messages that came.' }),
  missing: count.meta({ description: 'Numbers that never came.' }),
});

const streamShape = z.object({
  stream: z.string(),
  heardAt: unixMs,
  first: z.int().nullable().meta({ description: 'The lowest number that is expected.' }),
  low: z.int().nullable().meta({ description: 'Every number below it came, or was told as given up.' }),
  received: count,
  toldDropped: count.meta({ description: 'Given up by the device, which told so.' }),
  lost: z.array(range).meta({ description: 'Ranges of numbers that never came and that nobody told of.' }),
  lostCount: count,
  outOfOrder: count,
  waiting: count.meta({ description: 'May still come.' }),
  ended: z.string().nullable(),
});

const alertShape = z.object({
  code: z.string(),
  ts: unixMs,
  holds: z.boolean(),
  clearedAt: unixMs.nullable(),
  alert: z.record(z.string(), z.unknown()),
});

export const devicesReply = z.object({
  devices: z.array(fleetDeviceShape),
  next: z
    .string()
    .nullable()
    .meta({ description: 'For `after`, to get the devices behind these; null: there are none.' }),
});

export const deviceReply = fleetDeviceShape.extend({
  alerts: z.array(alertShape),
  connections: z.array(connectionShape).meta({ description: 'Newest first.' }),
  streams: z.array(streamShape).meta({ description: 'Newest first.' }),
});

export const gapsReply = z.object({
  lost: count.meta({ description: 'Messages that must arrive, and never will.' }),
  waiting: count,
  toldDropped: count,
  missing: count.meta({ description: 'Numbers missing of connections, of messages that need not arrive too.' }),
  streams: z.array(streamShape),
  connections: z.array(connectionShape),
});

export const HISTORY_TABLES: readonly [string, ...string[]] = [...LOG_TABLES, ...INTERVAL_TABLES] as [
  string,
  ...string[],
];

export const historyReply = z.object({
  rows: z.array(
    z.object({
      at: unixMs.meta({ description: 'Unix ms: its place in time, corrected where the clock of the device is wrong.' }),
      ts: unixMs.meta({ description: 'Unix ms, as the device says.' }),
      receivedAt: unixMs,
      subject: z.string().nullable().meta({ description: 'Camera, code, name.' }),
      stream: z.string(),
      n: z.int(),
      message: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.string().nullable().meta({ description: 'For `after`, to get those behind these; null: there are none.' }),
});

export const quarantineReply = z.object({
  counts: z.partialRecord(z.enum(QUARANTINE_REASONS), count),
  messages: z.array(
    z.object({
      id: z.int(),
      receivedAt: unixMs,
      topic: z.string(),
      reason: z.enum(QUARANTINE_REASONS),
      detail: z.string(),
      bytes: count,
      sample: z.string().meta({ description: 'Its beginning.' }),
    }),
  ),
});

export const whoAmIReply = z.object({
  name: z.string().nullable().meta({ description: 'Of the token; null: it has none, or there was none.' }),
  role: z.enum(TOKEN_ROLES).meta({ description: 'viewer: may look at everything; operator: also change.' }),
  tenant: z.string().nullable().meta({ description: 'Whose devices alone are shown; null: all are.' }),
  mayChange: z.boolean().meta({
    description:
      'Whether changes are answered with what this request carries. An operator without a token may look only, with `STORE.token` change too.',
  }),
});

export const fleetReply = z.object({
  devices: count,
  waiting: count.meta({ description: 'Messages that are not written yet.' }),
  problem: z.string().nullable().meta({ description: 'Why nothing can be written; null: all is well.' }),
  counts: z.object({
    received: count,
    taken: count,
    doubles: count,
    ignored: count,
    quarantined: count,
    rebirths: count,
  }),
  broker: z.object({
    connected: z.boolean(),
    connections: count,
    problem: z.string().nullable(),
  }),
});

export type WhoAmIReply = z.infer<typeof whoAmIReply>;
export type DeviceReply = z.infer<typeof deviceReply>;
export type GapsReply = z.infer<typeof gapsReply>;
export type HistoryReply = z.infer<typeof historyReply>;
export type QuarantineReply = z.infer<typeof quarantineReply>;
export type FleetReply = z.infer<typeof fleetReply>;
