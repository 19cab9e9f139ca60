import type { DeviceAccount } from './device/device-account.js';
import type { WaitingMessage } from './inbound/arrival-queue.js';
import type { ArrivedMessage, FleetMessage, InspectedMessage, QuarantineReason } from './inbound/inspection.js';
import type { FleetChanges, IntervalRow, LogRow, QuarantinedMessage } from './store/fleet-store.js';

/** What was counted since the store began. */
export interface CollectorCounts {
  /** Messages that arrived. */
  readonly received: number;
  /** Kept, or known by now. */
  readonly taken: number;
  readonly doubles: number;
  /** To devices and between them, and taken back by whoever clears a topic. */
  readonly ignored: number;
  readonly quarantined: number;
  /** Births asked for. */
  readonly rebirths: number;
}

export type BatchCounts = { -readonly [Name in keyof CollectorCounts]: number };
export type ReasonCounts = Partial<Record<QuarantineReason, number>>;

/** Quarantined messages of one batch that are kept with their sample; the others are only counted. */
const MOST_SAMPLES = 100;
const SAMPLE_BYTES = 2048;

/** Messages that were decided about, and what is to be written of them in one transaction. */
export class DecidedBatch {
  readonly messages: WaitingMessage[] = [];
  readonly rows: (LogRow | IntervalRow)[] = [];
  readonly touched = new Set<DeviceAccount>();
  /** Answers to commands. */
  readonly answers: FleetMessage[] = [];
  /** Accounts whose birth is to be asked for. */
  asked: readonly DeviceAccount[] = [];
  readonly counts: BatchCounts;
  readonly reasons: ReasonCounts;
  readonly #quarantined: QuarantinedMessage[] = [];

  /** @param counts with all before it */
  constructor(counts: CollectorCounts, reasons: ReasonCounts) {
    this.counts = { ...counts };
    this.reasons = { ...reasons };
  }

  get length(): number {
    return this.messages.length;
  }

  /** These are decided about. */
  take(messages: readonly WaitingMessage[]): void {
    this.messages.push(...messages);
    this.counts.received += messages.length;
  }

  /** What a message is to its device, of which all it needs is known. */
  decide(account: DeviceAccount, looked: Exclude<InspectedMessage, { is: 'ignored' | 'quarantined' }>): void {
    const { counts } = this;
    this.touched.add(account);
    if (looked.is === 'elsewhere') {
      account.takeElsewhere(looked);
      counts.ignored++;
    } else if (looked.is === 'cleared') {
      account.clear(looked);
      counts.taken++;
    } else {
      const { row, isDouble } = account.take(looked);
      if (looked.name === 'command-result') this.answers.push(looked);
      if (row !== null) this.rows.push(row);
      if (isDouble) counts.doubles++;
      else counts.taken++;
    }
  }

  /** A message is put aside. */
  setAside(message: ArrivedMessage, reason: QuarantineReason, detail: string): void {
    this.counts.quarantined++;
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
    if (this.#quarantined.length < MOST_SAMPLES) this.#quarantined.push(quarantinedAs(message, reason, detail));
  }

  /** What is to be written; asked once, when nothing more comes to it. */
  changes(): FleetChanges {
    const changes = { devices: [], births: [], streams: [], alerts: [] } as {
      devices: FleetChanges['devices'][number][];
      births: FleetChanges['births'][number][];
      streams: FleetChanges['streams'][number][];
      alerts: FleetChanges['alerts'][number][];
    };
    for (const account of this.touched) {
      const { device, births, streams, alerts } = account.changes();
      if (device !== null) changes.devices.push(device);
      changes.births.push(...births);
      changes.streams.push(...streams);
      for (const alert of alerts) changes.alerts.push({ ...alert, device: account.device.id });
    }
    const reasons = Object.entries(this.reasons).map(([name, count]) => [`quarantined.${name}`, count]);
    const counts = { ...this.counts, ...Object.fromEntries(reasons) };
    return { ...changes, rows: this.rows, quarantined: this.#quarantined, counts };
  }
}

const quarantinedAs = (
  { topic, payload, receivedAt }: ArrivedMessage,
  reason: QuarantineReason,
  detail: string,
): QuarantinedMessage => ({
  receivedAt,
  topic: topic.slice(0, 512),
  reason,
  detail,
  bytes: payload.length,
  sample: new TextDecoder().decode(payload.subarray(0, SAMPLE_BYTES)),
});
