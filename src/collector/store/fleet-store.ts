import type { ActionStore } from '../actions/action-store.js';
import type { ClockOffsetState } from '../device/clock-offset.js';
import type { DeviceName } from '../device/device-name.js';
import type { QuarantineReason } from '../inbound/inspection.js';
import type { SeqCheckState } from '../numbers/seq-check.js';
import type { StreamCheckState, StreamVerdict } from '../numbers/stream-check.js';

/*
 * Where a collector keeps what it received. Everything is keyed by what the message itself says, so that the same message
 * twice is the same row. There is one writer; test/collector/store-contract.ts is what any implementation must keep.
 */

/** What a device said of itself last. */
export interface FleetDevice {
  readonly id: number;
  readonly site: string;
  readonly device: string;
  /** null: its status was not heard. */
  online: boolean | null;
  /** Why it stopped on purpose; null: it did not, or nobody knows. */
  reason: string | null;
  bdSeq: number | null;
  /** `ts` of the newest birth, Unix ms by the device's clock. */
  birthTs: number | null;
  boot: string | null;
  version: string | null;
  model: string | null;
  variant: string | null;
  provider: string | null;
  tenant: string | null;
  board: string | null;
  /** Hash of how it is configured; null: it does not tell. */
  configuration: string | null;
  /** Unix ms. */
  readonly firstHeardAt: number;
  /** Unix ms; doubles do not count. */
  heardAt: number;
  clock: ClockOffsetState | null;
  /** Its newest `report/delivery`; null: none was heard as it was sent. */
  reported: ReportedStreams | null;
  /** The birth that messages come after: an earlier one while the past is heard again. */
  under: BirthKey | null;
}

/** Of which streams a device told: one that it did not name, and numbers something in later, began later. */
export interface ReportedStreams {
  /** Unix ms by the device's clock. */
  readonly ts: number;
  readonly streams: readonly string[];
}

/** A birth among those of its device. */
export interface BirthKey {
  readonly bdSeq: number;
  /** Unix ms by the device's clock. */
  readonly ts: number;
}

/** A birth, and what came after it until the next one. */
export interface FleetBirth extends BirthKey {
  readonly boot: string | null;
  /** As it came; null: the store has it, and it is not read with the rest. */
  readonly body: string | null;
  /** Unix ms. */
  readonly receivedAt: number;
  /** Unix ms; null: it did not end, or nobody heard of it. */
  endedAt: number | null;
  /** Why it stopped on purpose, `lost` where it was gone without a word. */
  endedBy: string | null;
  readonly seqs: SeqCheckState;
  /** Numbers that never came. */
  readonly missing: number;
}

/** A stream of numbers of a device. */
export interface FleetStream {
  readonly stream: string;
  readonly state: StreamCheckState;
  readonly verdict: StreamVerdict;
  /** Unix ms of the newest message. */
  readonly heardAt: number;
}

/** Whether an alert holds. */
export interface FleetAlert {
  readonly code: string;
  /** Unix ms by the device's clock. */
  readonly ts: number;
  readonly holds: boolean;
  /** Unix ms; null while it holds and before. */
  readonly clearedAt: number | null;
  /** As it came. */
  readonly body: string;
}

/** At hand of one device, the newest; others are asked for when a message is of them. */
export const BIRTHS_AT_HAND = 3;
export const STREAMS_AT_HAND = 4;

/** A device of which a message came. */
export interface AskedDevice {
  readonly site: string;
  readonly device: string;
  /** Unix ms at which it was heard, where it is to be made known; null: it is not. */
  readonly addAt: number | null;
}

/** All that must be known of a device to take its next message. */
export interface KnownDevice {
  readonly device: FleetDevice;
  /** Nothing else is in the store of it: it was made known just now. */
  readonly isNew?: boolean;
  /** As many as are at hand. */
  readonly births: readonly FleetBirth[];
  readonly streams: readonly FleetStream[];
  readonly alerts: readonly FleetAlert[];
}

/** How a device is, with the alerts that hold. */
export interface DeviceCondition {
  readonly device: FleetDevice;
  readonly alerts: readonly FleetAlert[];
}

/** Tables of messages that are kept one by one. */
export const LOG_TABLES = [
  'events',
  'trials',
  'alert_log',
  'reports',
  'evidence',
  'metrics',
  'command_results',
] as const;
export type LogTable = (typeof LOG_TABLES)[number];

/** Tables in which a later message of the same interval replaces an earlier one. */
export const INTERVAL_TABLES = ['traffic', 'summaries'] as const;
export type IntervalTable = (typeof INTERVAL_TABLES)[number];

/** What all rows have. */
interface FleetRow {
  readonly device: number;
  /** A stream's name, or empty of what has no number: then `n` is its `seq`. */
  readonly stream: string;
  readonly n: number;
  /** Unix ms by the device's clock. */
  readonly ts: number;
  /** Unix ms: its place in time, corrected where the device's clock is wrong. */
  readonly at: number;
  /** Unix ms. */
  readonly receivedAt: number;
  /** Camera, code, name; null where there is none. */
  readonly subject: string | null;
  readonly body: string;
}

/** One message; a second one with its device, stream and n (and ts, where it has no stream) is the same. */
export interface LogRow extends FleetRow {
  readonly table: LogTable;
  readonly kind: string | null;
}

/** One message of an interval; of those with its device, subject, start and part the one with the highest ts and n counts. */
export interface IntervalRow extends FleetRow {
  readonly table: IntervalTable;
  /** Unix ms by the device's clock. */
  readonly start: number;
  readonly part: number;
}

/** A message that is put aside. */
export interface QuarantinedMessage {
  readonly receivedAt: number;
  readonly topic: string;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly bytes: number;
  /** Its beginning, at most 2048 bytes; what is no UTF-8 is replaced. */
  readonly sample: string;
}

/** What one batch of messages comes to: all of it is written, or nothing. */
export interface FleetChanges {
  readonly devices: readonly FleetDevice[];
  readonly births: readonly (FleetBirth & { readonly device: number })[];
  readonly streams: readonly (FleetStream & { readonly device: number })[];
  readonly alerts: readonly (FleetAlert & { readonly device: number })[];
  readonly rows: readonly (LogRow | IntervalRow)[];
  readonly quarantined: readonly QuarantinedMessage[];
  /** By name, all of them since the store began. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What is asked of the past of a device. */
export interface HistoryQuery {
  readonly device: number;
  readonly table: LogTable | IntervalTable;
  /** Unix ms, `from` included and `to` not. */
  readonly from: number;
  readonly to: number;
  /** The newest so many. */
  readonly limit: number;
  readonly subject?: string | undefined;
  /** Only those behind this one in their order. */
  readonly behind?: RowPlace | undefined;
}

/** Where a message is among those of its table: several may be of the same time. */
export interface RowPlace {
  /** Unix ms. */
  readonly at: number;
  readonly id: number;
}

/** A message of the past. */
export interface HistoryRow extends RowPlace {
  readonly ts: number;
  readonly receivedAt: number;
  readonly subject: string | null;
  readonly stream: string;
  readonly n: number;
  readonly body: string;
}

/** A quarantined message, as it is kept. */
export interface KeptQuarantine extends QuarantinedMessage {
  readonly id: number;
}

/** An alert that holds, and whose. */
export interface DeviceAlert extends FleetAlert {
  readonly device: number;
}

/** What is read of a fleet as it arrived. */
const FOLLOWED_TABLES = ['metrics', 'traffic'] as const;
export type FollowedTable = (typeof FOLLOWED_TABLES)[number];

/** A message among those of all devices. */
export interface FollowedRow {
  /** Rises with the arrival: `firstIdAt` is the least of a time. */
  readonly id: number;
  readonly device: number;
  /** Unix ms: its place in time. */
  readonly at: number;
  readonly body: string;
}

/** Of some rows: another one where any of them has changed. */
export interface TrafficMark {
  readonly rows: number;
  readonly ts: number;
  readonly n: number;
}

/** A connection of a device, as far as time is concerned. */
export interface ConnectionTimes {
  /** Unix ms. */
  readonly receivedAt: number;
  /** Unix ms; null: it did not end, or nobody heard of it. */
  readonly endedAt: number | null;
}

/** Where a fleet is kept. One writer; everything may fail, with an EdgeError where it is the disk's or the server's fault. */
export interface FleetStore {
  /** Where actions are kept; null or absent: this store keeps none, and nothing can be done with the fleet. */
  readonly actions?: ActionStore | null;
  /** null: nobody heard of it before. */
  known(site: string, device: string): Promise<KnownDevice | null>;
  /** Many at once, in their order: each as it is known, or made known; null of one that is not to be, or for which there is no room. @param room for so many new ones */
  meet(asked: readonly AskedDevice[], room: number): Promise<(KnownDevice | null)[]>;
  /** How these devices are, in whatever order; those that are not known are absent. At most some thousand at a time. */
  conditions(names: readonly DeviceName[]): Promise<DeviceCondition[]>;
  /** null: it is not known. */
  birth(device: number, key: BirthKey): Promise<FleetBirth | null>;
  /** Whether any birth of the device was of that run of the program. */
  hasBoot(device: number, boot: string): Promise<boolean>;
  /** null: it is not known. */
  stream(device: number, stream: string): Promise<FleetStream | null>;
  /** All or nothing. */
  commit(changes: FleetChanges): Promise<void>;
  /** Deletes some of what is kept too long. @param now Unix ms */
  forget(now: number): Promise<void>;
  deviceCount(): Promise<number>;
  counts(): Promise<Readonly<Record<string, number>>>;
  /** In the order of site and name, behind the one with the id `after`. */
  devices(limit: number, after: { readonly site: string; readonly device: string } | null): Promise<FleetDevice[]>;
  /** Those that were heard then or later. @param since Unix ms */
  heardSince(since: number): Promise<FleetDevice[]>;
  /** Newest first. */
  births(device: number, limit: number): Promise<FleetBirth[]>;
  streams(device: number, limit: number): Promise<FleetStream[]>;
  alerts(device: number): Promise<FleetAlert[]>;
  /** Newest first. */
  history(query: HistoryQuery): Promise<HistoryRow[]>;
  /** Newest first. */
  quarantine(limit: number): Promise<KeptQuarantine[]>;
  /** Of all devices, at most so many. */
  holding(limit: number): Promise<DeviceAlert[]>;
  /** Messages that will never come and that nobody told of, by device; those without any are absent. */
  lostCounts(): Promise<ReadonlyMap<number, number>>;
  /** In the order of their arrival, behind the row `after`. @param before only those with lower ids; default all */
  arrived(table: FollowedTable, after: number, limit: number, before?: number): Promise<FollowedRow[]>;
  /**
   * What tells whether anything among the rows of `traffic` with these ids has changed: how many there are, and sums of their `ts`, less
   * `base` each, and `n`, of which a row that takes the place of another has more.
   */
  trafficMark(fromId: number, toId: number, base: number): Promise<TrafficMark>;
  /** Rows of `traffic` of a time that arrived before or after it: with ids below `fromId` or from `toId` on. Unix ms. */
  trafficFromElsewhere(query: {
    readonly device: number;
    readonly from: number;
    readonly to: number;
    readonly fromId: number;
    readonly toId: number;
  }): Promise<readonly { readonly at: number; readonly body: string }[]>;
  /** The newest birth as it came; null: none is kept. */
  birthBody(device: number): Promise<string | null>;
  /** Connections that began before `to`, oldest first: from the last one before `from` on. Unix ms. */
  connections(device: number, from: number, to: number): Promise<ConnectionTimes[]>;
  close(): Promise<void>;
}

/** A device that is in a store, with what is at hand of it there. @throws as the store does */
export async function atHand(
  store: Pick<FleetStore, 'births' | 'streams' | 'alerts'>,
  device: FleetDevice,
): Promise<KnownDevice> {
  const { id } = device;
  return {
    device,
    births: await store.births(id, BIRTHS_AT_HAND),
    streams: await store.streams(id, STREAMS_AT_HAND),
    alerts: await store.alerts(id),
  };
}
