import { clockOffsetMs } from '../device/clock-offset.js';
import { IDS_PER_MS } from './fleet-retention.js';
import type {
  DeviceCondition,
  FleetAlert,
  FleetBirth,
  FleetDevice,
  FleetStream,
  HistoryRow,
  KeptQuarantine,
} from './fleet-store.js';

/** Between rows of SQLite and what they mean. */

type Row = Readonly<Record<string, unknown>>;

export function deviceOf(row: Row): FleetDevice {
  const underBdSeq = row['under_bd_seq'] as number | null;
  return {
    id: row['id'] as number,
    site: row['site'] as string,
    device: row['device'] as string,
    online: row['online'] === null ? null : row['online'] === 1,
    reason: row['reason'] as string | null,
    bdSeq: row['bd_seq'] as number | null,
    birthTs: row['birth_ts'] as number | null,
    boot: row['boot'] as string | null,
    version: row['version'] as string | null,
    model: row['model'] as string | null,
    variant: row['variant'] as string | null,
    provider: row['provider'] as string | null,
    tenant: row['tenant'] as string | null,
    board: row['board'] as string | null,
    configuration: row['configuration'] as string | null,
    firstHeardAt: row['first_heard_at'] as number,
    heardAt: row['heard_at'] as number,
    clock: row['clock'] === null ? null : JSON.parse(row['clock'] as string),
    reported: row['reported'] === null ? null : JSON.parse(row['reported'] as string),
    under: underBdSeq === null ? null : { bdSeq: underBdSeq, ts: row['under_ts'] as number },
  };
}

/** Columns of what changes of a device. */
export const DEVICE_COLUMNS = [
  ...(['online', 'reason', 'bd_seq', 'birth_ts', 'boot', 'version', 'model', 'variant', 'provider', 'tenant'] as const),
  ...(['board', 'configuration', 'heard_at', 'offset_ms', 'clock', 'reported', 'under_bd_seq', 'under_ts'] as const),
] as const;

/** What changes of a device, in the order of its columns, its id last. */
export function deviceValues(device: FleetDevice): (string | number | null)[] {
  return [
    device.online === null ? null : Number(device.online),
    device.reason,
    device.bdSeq,
    device.birthTs,
    device.boot,
    device.version,
    device.model,
    device.variant,
    device.provider,
    device.tenant,
    device.board,
    device.configuration,
    device.heardAt,
    clockOffsetMs(device.clock),
    device.clock === null ? null : JSON.stringify(device.clock),
    device.reported === null ? null : JSON.stringify(device.reported),
    device.under?.bdSeq ?? null,
    device.under?.ts ?? null,
    device.id,
  ];
}

export const birthOf = (row: Row): FleetBirth => ({
  bdSeq: row['bd_seq'] as number,
  ts: row['ts'] as number,
  boot: row['boot'] as string | null,
  body: null,
  receivedAt: row['received_at'] as number,
  endedAt: row['ended_at'] as number | null,
  endedBy: row['ended_by'] as string | null,
  seqs: JSON.parse(row['seqs'] as string),
  missing: row['missing'] as number,
});

export const streamOf = (row: Row): FleetStream => ({
  stream: row['stream'] as string,
  state: JSON.parse(row['state'] as string),
  verdict: JSON.parse(row['verdict'] as string),
  heardAt: row['heard_at'] as number,
});

export const alertOf = (row: Row): FleetAlert => ({
  code: row['code'] as string,
  ts: row['ts'] as number,
  holds: row['holds'] === 1,
  clearedAt: row['cleared_at'] as number | null,
  body: row['body'] as string,
});

/** Devices with their alerts. @param rows of the table alerts */
export function withAlerts(devices: readonly FleetDevice[], rows: readonly Row[]): DeviceCondition[] {
  const alerts = new Map<number, FleetAlert[]>(devices.map(({ id }) => [id, []]));
  for (const row of rows) alerts.get(row['device'] as number)?.push(alertOf(row));
  return devices.map((device) => ({ device, alerts: alerts.get(device.id)! }));
}

export const historyOf = (row: Row): HistoryRow => ({
  id: row['id'] as number,
  at: row['at'] as number,
  ts: row['ts'] as number,
  receivedAt: Math.floor((row['id'] as number) / IDS_PER_MS),
  subject: row['subject'] as string | null,
  stream: row['stream'] as string,
  n: row['n'] as number,
  body: row['body'] as string,
});

export const quarantineOf = (row: Row): KeptQuarantine => ({
  id: row['id'] as number,
  receivedAt: row['received_at'] as number,
  topic: row['topic'] as string,
  reason: row['reason'] as KeptQuarantine['reason'],
  detail: row['detail'] as string,
  bytes: row['bytes'] as number,
  sample: row['sample'] as string,
});
