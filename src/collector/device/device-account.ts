import type { FleetMessage } from '../inbound/inspection.js';
import { SeqCheck } from '../numbers/seq-check.js';
import type {
  BirthKey,
  FleetAlert,
  FleetBirth,
  FleetDevice,
  FleetStream,
  IntervalRow,
  KnownDevice,
  LogRow,
} from '../store/fleet-store.js';
import { BirthLedger, type KeptBirth } from './birth-ledger.js';
import { BirthWish } from './birth-wish.js';
import { clockOffsetMs, placedTime } from './clock-offset.js';
import { DeviceRecord } from './device-record.js';
import { HoldingAlerts } from './holding-alerts.js';
import { rowOf } from './message-row.js';
import { StreamLedger, streamsNamedIn } from './stream-ledger.js';

/** What a device's next message needs to know that may not be at hand. */
export interface NeededOfDevice {
  readonly births: readonly BirthKey[];
  readonly streams: readonly string[];
}

/** What is done about a message. */
export interface MessageOutcome {
  /** What is kept of it; null: nothing but what is known of its device. */
  readonly row: LogRow | IntervalRow | null;
  /** It came before. */
  readonly isDouble: boolean;
}

/** An alert that the broker keeps no more. */
export interface ClearedAlert {
  readonly code: string;
  /** Others that were sent after it may have come before it. */
  readonly late?: boolean;
  /** Nobody sent it: the broker keeps no such alert. */
  readonly retained?: boolean;
  /** Unix ms. */
  readonly receivedAt: number;
}

/** What changed of a device since the last look. */
export interface AccountChanges {
  readonly device: FleetDevice | null;
  readonly births: readonly (FleetBirth & { readonly device: number })[];
  readonly streams: readonly (FleetStream & { readonly device: number })[];
  readonly alerts: readonly FleetAlert[];
}

/**
 * One device as the collector knows it: takes its messages, says what is to be kept of each, and what is missing. It asks nobody
 * and looks at no clock: what it needs is handed in (`needs`, `know…`), times come with the messages.
 */
export class DeviceAccount {
  readonly device: FleetDevice;
  readonly #record: DeviceRecord;
  readonly #births = new BirthLedger();
  readonly #streams = new StreamLedger();
  readonly #alerts: HoldingAlerts;
  readonly #wish = new BirthWish();
  /** All that the store has of it is at hand: what is not is new. */
  #hasAll: boolean;

  constructor({ device, births, streams, alerts, isNew = false }: KnownDevice) {
    this.device = device;
    this.#hasAll = isNew;
    this.#record = new DeviceRecord(device);
    for (const birth of [...births].reverse()) this.knowBirth(birth);
    for (const stream of [...streams].reverse()) this.knowStream(stream.stream, stream);
    this.#alerts = new HoldingAlerts(alerts);
  }

  /** What must be asked of the store before a message is taken; null: nothing. */
  needs(message: FleetMessage): NeededOfDevice | null {
    const { name, body } = message;
    const { under } = this.device;
    const births: BirthKey[] = [];
    if (name === 'status' && body['online'] === true) {
      const key = { bdSeq: body['bdSeq'] as number, ts: body.ts };
      if (this.#births.get(key) === null) births.push(key);
    }
    if (under !== null && this.#births.get(under) === null) births.push(under);
    const named = streamsNamedIn(message);
    const streams = named.every((stream) => this.#streams.has(stream))
      ? NONE
      : named.filter((stream) => !this.#streams.has(stream));
    if (births.length === 0 && streams.length === 0) return null;
    if (!this.#hasAll) return { births, streams };
    for (const stream of streams) this.knowStream(stream, null);
    return null;
  }

  /** The store knows this birth. */
  knowBirth(birth: FleetBirth): void {
    this.#births.know(birth);
  }

  /** The store knows a birth of this run of the program. */
  knowBoot(boot: string): void {
    this.#births.knowBoot(boot);
  }

  /** @param kept as the store has it; null: it is a new one */
  knowStream(stream: string, kept: FleetStream | null): void {
    this.#streams.know(stream, kept);
  }

  /** Takes a message whose needs are known. */
  take(arrived: FleetMessage): MessageOutcome {
    // one that was overtaken says as little of how it is now as one that was retained
    const message = arrived.late ? { ...arrived, retained: true } : arrived;
    if (message.name === 'status') return this.#takeStatus(message);
    const seqIsNew = this.#takeSeq(message);
    const isNew = message.body.stream === undefined ? seqIsNew : this.#takeNumber(message);
    if (message.name === 'alert') {
      const isNews = this.#alerts.take(message, seqIsNew);
      if (isNews) this.#record.heard(message);
      return { row: null, isDouble: !isNews };
    }
    this.#alerts.heard(message, this.#latest()?.check ?? null);
    if (isNew) this.#record.heard(message);
    const row = rowOf(message, this.device.id, placedTime(message.body.ts, clockOffsetMs(this.device.clock)));
    // what is known is offered all the same: the store keeps it once
    return { row, isDouble: !isNew };
  }

  /** The broker keeps this alert no more: it is over, or nobody is told of it. */
  clear({ code, late, retained, receivedAt }: ClearedAlert): void {
    const under = this.#latest();
    if (late) {
      // which number it used up is not known: of those that are missing one is its
      if (!retained && under?.check.takeMissing()) this.#births.changed(under);
      this.#alerts.clear(code, receivedAt);
      return;
    }
    // heard again it says nothing of what holds now
    if (under !== null && !under.check.takeUnnamed()) return;
    if (under !== null) this.#births.changed(under);
    this.#alerts.clear(code, receivedAt);
  }

  /** The device told others something, and used up a number. Who says so is not proven: it hides no message of its own. */
  takeElsewhere({ boot, seq }: { readonly boot: string; readonly seq: number }): void {
    const under = this.#latest();
    if (under === null || under.birth.boot !== boot || !under.check.takeElsewhere(seq)) return;
    this.#births.changed(under);
  }

  /** Whether the device is to be asked for its birth now. */
  wantsBirth(now: number): boolean {
    return this.#wish.isDue(now);
  }

  /** It is asked. */
  askedForBirth(now: number): void {
    this.#wish.asked(now);
  }

  /** What is to be written, since it was asked last. */
  changes(): AccountChanges {
    const { id } = this.device;
    const changes = {
      device: this.#record.changes(),
      births: this.#births.changes(id),
      streams: this.#streams.changes(id),
      alerts: this.#alerts.changes(),
    };
    if (this.#births.hasForgotten || this.#streams.hasForgotten) this.#hasAll = false;
    return changes;
  }

  #takeStatus(message: FleetMessage): MessageOutcome {
    const { body } = message;
    const bdSeq = body['bdSeq'] as number;
    if (body['online'] === true) return this.#takeBirth(message, { bdSeq, ts: body.ts });
    return this.#takeDeath(message, bdSeq);
  }

  #takeBirth(message: FleetMessage, key: BirthKey): MessageOutcome {
    const known = this.#births.get(key);
    if (known !== null) return this.#takeBirthAgain(message, known);
    const { body, retained, receivedAt, text } = message;
    const boot = body.boot ?? null;
    const isLater = this.#isLater(message, key);
    // where its end was heard no birth between was missed
    const isFirst = isLater && !retained && this.device.online === false && key.bdSeq > this.device.bdSeq!;
    const check = new SeqCheck();
    if (!retained && body.seq !== undefined) check.take(body.seq);
    const seqs = check.kept();
    const birth = { ...key, boot, body: text, receivedAt, endedAt: null, endedBy: null, seqs, missing: 0 };
    this.#births.add(birth, check);
    const tellsAlerts = isFirst || (isLater && !retained && body['alertsFollow'] === true);
    if (tellsAlerts) this.#alerts.expectAgain(check, boot);
    else this.#alerts.expectNoMore(check);
    if (isLater) {
      if (boot !== null) this.#alerts.endOfEarlierRuns(boot, receivedAt);
      this.#record.born(message, key);
      this.#wish.fulfil();
    }
    if (isLater || !message.late) this.#record.goUnder(key);
    this.#record.heard(message);
    return { row: null, isDouble: false };
  }

  #takeBirthAgain({ body, retained }: FleetMessage, known: KeptBirth): MessageOutcome {
    const { device } = this;
    const { birth, check } = known;
    this.#births.touch(known);
    this.#alerts.expectNoMore(check);
    if (!retained) {
      this.#record.goUnder(birth);
      // what comes behind it without a number has the one behind it
      if (body.seq !== undefined) check.take(body.seq);
    }
    if (device.bdSeq === birth.bdSeq && device.birthTs === birth.ts) this.#record.isOnline();
    return { row: null, isDouble: true };
  }

  /** Whether a birth that was not known is later than what is. */
  #isLater({ body, retained }: FleetMessage, { bdSeq, ts }: BirthKey): boolean {
    const { device } = this;
    if (device.bdSeq === null || bdSeq > device.bdSeq) return true;
    if (bdSeq === device.bdSeq && ts !== device.birthTs) return true;
    // its numbers began anew: what kept them is gone, and the clock was set back
    return !retained && body.boot !== undefined && !this.#births.isKnownBoot(body.boot);
  }

  #takeDeath(message: FleetMessage, bdSeq: number): MessageOutcome {
    const { body, receivedAt, retained } = message;
    const reason = (body['reason'] as string | undefined) ?? null;
    const under = this.#latest();
    if (body.seq !== undefined && !retained && under?.birth.bdSeq === bdSeq && under.check.take(body.seq))
      this.#births.changed(under);
    const isNew = this.#births.end(bdSeq, receivedAt, reason ?? 'lost');
    if (this.#record.ended(bdSeq, body.boot ?? null, reason) && isNew) this.#record.livedAt(message);
    return { row: null, isDouble: !isNew };
  }

  /** @returns false where it came before */
  #takeSeq(message: FleetMessage): boolean {
    const { body, retained, receivedAt } = message;
    if (message.late) return this.#takeLateSeq(message);
    // what the broker had kept was sent at another time
    if (retained) return true;
    const under = this.#latest();
    const isStranger =
      under === null || (body.boot !== undefined && under.birth.boot !== null && body.boot !== under.birth.boot);
    if (isStranger) {
      this.#wish.need();
      return true;
    }
    if (!under.check.take(body.seq!)) return false;
    this.#births.changed(under);
    if (this.#record.isPresent()) this.#wish.watch(under.check.missing, receivedAt);
    return true;
  }

  /** Of the birth that it came after, as far as that can be told. @returns false where it came before */
  #takeLateSeq({ body }: FleetMessage): boolean {
    const under = this.#births.before(body.boot ?? null, body.historical === true ? null : body.ts, body.seq!);
    if (under === null) return true;
    if (!under.check.take(body.seq!)) return false;
    this.#births.changed(under);
    return true;
  }

  #takeNumber(message: FleetMessage): boolean {
    if (!this.#streams.take(message, this.device.reported)) return false;
    if (message.name !== 'report-delivery') return true;
    this.#record.told(this.#streams.told(message, this.device.reported));
    return true;
  }

  /** The birth that messages come after. */
  #latest(): KeptBirth | null {
    return this.device.under === null ? null : this.#births.get(this.device.under);
  }
}

const NONE: readonly string[] = [];
