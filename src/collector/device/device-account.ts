import type { FleetMessage } from '../inbound/inspection.js';
import { SeqCheck } from '../numbers/seq-check.js';
import { StreamCheck, type ToldDrop } from '../numbers/stream-check.js';
import {
  BIRTHS_AT_HAND,
  type BirthKey,
  type FleetAlert,
  type FleetBirth,
  type FleetDevice,
  type FleetStream,
  type IntervalRow,
  type KnownDevice,
  type LogRow,
  STREAMS_AT_HAND,
} from '../store/fleet-store.js';
import { clockOffsetMs, nextClockOffset, placedTime } from './clock-offset.js';
import { HoldingAlerts } from './holding-alerts.js';
import { rowOf } from './message-row.js';
import { isRebirthDue, NO_REBIRTH, type RebirthPlan, rebirthAsked } from './rebirth-plan.js';

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

/** What changed of a device since the last look. */
export interface AccountChanges {
  readonly device: FleetDevice | null;
  readonly births: readonly FleetBirth[];
  readonly streams: readonly FleetStream[];
  readonly alerts: readonly FleetAlert[];
}

interface KeptBirth {
  birth: FleetBirth;
  readonly check: SeqCheck;
}

interface KeptStream {
  readonly check: StreamCheck;
  heardAt: number;
  /** Nothing was heard of it as it was sent. */
  isNew: boolean;
}

/** Streams of a report that are remembered; a device numbers in one, and has something left of a few. */
const MOST_REPORTED = 64;
/** ms that a message which overtook another may be ahead of it, before its birth is asked for. */
const OVERTAKING_MS = 5000;
/** Told at once: what lies between made and received is the way, and the clock. */
const PROMPT: ReadonlySet<string> = new Set(['status', 'metrics', 'event']);

const keyOf = ({ bdSeq, ts }: BirthKey): string => `${bdSeq} ${ts}`;

/**
 * One device as the collector knows it: takes its messages, says what is to be kept of each, and what is missing. It asks nobody
 * and looks at no clock: what it needs is handed in (`needs`, `know…`), times come with the messages.
 */
export class DeviceAccount {
  readonly device: FleetDevice;
  readonly #births = new Map<string, KeptBirth>();
  readonly #streams = new Map<string, KeptStream>();
  readonly #alerts: HoldingAlerts;
  readonly #knownBoots = new Set<string>();
  readonly #dirty = { device: false, births: new Set<string>(), streams: new Set<string>() };
  #rebirth: RebirthPlan = NO_REBIRTH;
  #needsBirth = false;
  /** Numbers missing of the latest birth that were there when it was asked for again, and since when there are more. */
  #forgivenMissing = 0;
  #gapSince: number | null = null;

  constructor({ device, births, streams, alerts }: KnownDevice) {
    this.device = device;
    for (const birth of [...births].reverse()) this.knowBirth(birth);
    for (const stream of [...streams].reverse()) this.knowStream(stream.stream, stream);
    this.#alerts = new HoldingAlerts(alerts);
  }

  /** What must be asked of the store before a message is taken. */
  needs({ name, body }: FleetMessage): NeededOfDevice {
    const births: BirthKey[] = [];
    if (name === 'status' && body['online'] === true) births.push({ bdSeq: body['bdSeq'] as number, ts: body.ts });
    if (this.device.under !== null) births.push(this.device.under);
    const streams = new Set<string>(body.stream === undefined ? [] : [body.stream]);
    if (name === 'report-delivery')
      for (const { stream } of [...listIn(body, 'streams'), ...listIn(body, 'dropped')]) streams.add(stream as string);
    return {
      births: births.filter((key) => !this.#births.has(keyOf(key))),
      streams: [...streams].filter((stream) => !this.#streams.has(stream)),
    };
  }

  /** The store knows this birth. */
  knowBirth(birth: FleetBirth): void {
    if (birth.boot !== null) this.#knownBoots.add(birth.boot);
    if (!this.#births.has(keyOf(birth))) this.#births.set(keyOf(birth), { birth, check: new SeqCheck(birth.seqs) });
  }

  /** The store knows a birth of this run of the program. */
  knowBoot(boot: string): void {
    this.#knownBoots.add(boot);
  }

  /** @param kept as the store has it; null: it is a new one */
  knowStream(stream: string, kept: FleetStream | null): void {
    if (this.#streams.has(stream)) return;
    const check = new StreamCheck(false, kept?.state ?? null);
    this.#streams.set(stream, { check, heardAt: kept?.heardAt ?? 0, isNew: kept === null });
  }

  /** Takes a message whose needs are known. */
  take(message: FleetMessage): MessageOutcome {
    if (message.name === 'status') return this.#takeStatus(message);
    const seqIsNew = this.#takeSeq(message);
    const isNew = message.body.stream === undefined ? seqIsNew : this.#takeNumber(message);
    if (message.name === 'alert') {
      const isNews = this.#alerts.take(message, seqIsNew);
      if (isNews) this.#heard(message);
      return { row: null, isDouble: !isNews };
    }
    this.#alerts.heard(message, this.#latest()?.check ?? null);
    if (isNew) this.#heard(message);
    const row = rowOf(message, this.device.id, placedTime(message.body.ts, clockOffsetMs(this.device.clock)));
    // what is known is offered all the same: the store keeps it once
    return { row, isDouble: !isNew };
  }

  /** The broker keeps this alert no more: it is over, or nobody is told of it. */
  clear(code: string, receivedAt: number): void {
    const under = this.#latest();
    // heard again it says nothing of what holds now
    if (under !== null && !under.check.takeUnnamed()) return;
    if (under !== null) this.#dirty.births.add(keyOf(under.birth));
    this.#alerts.clear(code, receivedAt);
  }

  /** The device told others something, and used up a number. Who says so is not proven: it hides no message of its own. */
  takeElsewhere({ boot, seq }: { readonly boot: string; readonly seq: number }): void {
    const under = this.#latest();
    if (under === null || under.birth.boot !== boot || !under.check.takeElsewhere(seq)) return;
    this.#dirty.births.add(keyOf(under.birth));
  }

  /** Whether the device is to be asked for its birth now. */
  wantsBirth(now: number): boolean {
    return this.#needsBirth && isRebirthDue(this.#rebirth, now);
  }

  /** It is asked. */
  askedForBirth(now: number): void {
    this.#rebirth = rebirthAsked(this.#rebirth, now);
  }

  /** What is to be written, since it was asked last. */
  changes(): AccountChanges {
    const dirty = this.#dirty;
    const changes: AccountChanges = {
      device: dirty.device ? this.device : null,
      births: [...dirty.births].map((key) => this.#birthToWrite(key)),
      streams: [...dirty.streams].map((name) => {
        const { check, heardAt } = this.#streams.get(name)!;
        return { stream: name, state: check.kept(), verdict: check.verdict(), heardAt };
      }),
      alerts: this.#alerts.changes(),
    };
    dirty.device = false;
    dirty.births.clear();
    dirty.streams.clear();
    trim(this.#births, BIRTHS_AT_HAND);
    trim(this.#streams, STREAMS_AT_HAND);
    if (this.#knownBoots.size > BIRTHS_AT_HAND) this.#knownBoots.clear();
    return changes;
  }

  #birthToWrite(key: string): FleetBirth {
    const kept = this.#births.get(key)!;
    const written = birthWith(kept);
    // the store has its body then; where it fails, this account is not used again
    if (kept.birth.body !== null) kept.birth = { ...kept.birth, body: null };
    return written;
  }

  #takeStatus(message: FleetMessage): MessageOutcome {
    const { body } = message;
    const bdSeq = body['bdSeq'] as number;
    if (body['online'] === true) return this.#takeBirth(message, { bdSeq, ts: body.ts });
    return this.#takeDeath(message, bdSeq);
  }

  #takeBirth(message: FleetMessage, key: BirthKey): MessageOutcome {
    const { device } = this;
    const { body, retained, receivedAt, text } = message;
    const known = this.#births.get(keyOf(key));
    const boot = body.boot ?? null;
    const isLater =
      device.bdSeq === null ||
      key.bdSeq > device.bdSeq ||
      (key.bdSeq === device.bdSeq && key.ts !== device.birthTs && known === undefined) ||
      // its numbers began anew: what kept them is gone, and the clock was set back
      (known === undefined && !retained && boot !== null && !this.#knownBoots.has(boot));
    if (known !== undefined) {
      this.#touch(keyOf(key), known);
      this.#alerts.expectNothing();
      if (!retained) {
        this.#goUnder(key);
        // what comes behind it without a number has the one behind it
        if (body.seq !== undefined) known.check.take(body.seq);
      }
      if (device.bdSeq === key.bdSeq && device.birthTs === key.ts) this.#isOnline();
      return { row: null, isDouble: true };
    }
    const check = new SeqCheck();
    if (!retained && body.seq !== undefined) check.take(body.seq);
    const seqs = check.kept();
    const birth = { ...key, boot, body: text, receivedAt, endedAt: null, endedBy: null, seqs, missing: 0 };
    if (boot !== null) this.#knownBoots.add(boot);
    this.#touch(keyOf(key), { birth, check });
    this.#dirty.births.add(keyOf(key));
    // where its end was heard no birth between was missed
    const isFirst = isLater && !retained && device.online === false && key.bdSeq > device.bdSeq!;
    if (isFirst) this.#alerts.expectAgain(check, boot);
    else this.#alerts.expectNothing();
    if (isLater) this.#becomes(message, key);
    this.#goUnder(key);
    this.#heard(message);
    return { row: null, isDouble: false };
  }

  /** What a birth says of the device. */
  #becomes({ body, retained, receivedAt }: FleetMessage, { bdSeq, ts }: BirthKey): void {
    const { device } = this;
    if (body.boot !== undefined) this.#alerts.endOfEarlierRuns(body.boot, receivedAt);
    if (device.boot !== (body.boot ?? null) && !retained) device.clock = null;
    device.bdSeq = bdSeq;
    device.birthTs = ts;
    device.boot = body.boot ?? null;
    // a birth that was too large for the broker leaves out what did not change
    for (const key of ['version', 'model', 'variant', 'provider', 'board', 'configuration'] as const)
      if (body[key] !== undefined) device[key] = body[key] as string | null;
    device.tenant = (body['tenant'] as string | undefined) ?? null;
    this.#isOnline();
    this.#needsBirth = false;
    this.#rebirth = NO_REBIRTH;
    this.#forgivenMissing = 0;
    this.#gapSince = null;
  }

  #takeDeath(message: FleetMessage, bdSeq: number): MessageOutcome {
    const { device } = this;
    const { body, receivedAt, retained } = message;
    const reason = (body['reason'] as string | undefined) ?? null;
    const under = this.#latest();
    if (body.seq !== undefined && !retained && under?.birth.bdSeq === bdSeq && under.check.take(body.seq))
      this.#dirty.births.add(keyOf(under.birth));
    const ended = [...this.#births.values()].filter(({ birth }) => birth.bdSeq === bdSeq).at(-1);
    const isDouble = ended !== undefined && ended.birth.endedAt !== null;
    if (ended !== undefined && !isDouble) {
      ended.birth = { ...ended.birth, endedAt: receivedAt, endedBy: reason ?? 'lost' };
      this.#dirty.births.add(keyOf(ended.birth));
    }
    if (device.bdSeq === null || bdSeq >= device.bdSeq) {
      if (device.bdSeq === null || bdSeq > device.bdSeq) {
        device.bdSeq = bdSeq;
        device.birthTs = null;
        device.boot = body.boot ?? null;
      }
      if (device.online !== false || device.reason !== reason) {
        device.online = false;
        device.reason = reason;
        this.#dirty.device = true;
      }
      if (!isDouble) this.#heardAt(heardAtOf(message), retained);
    }
    return { row: null, isDouble };
  }

  /** @returns false where it came before */
  #takeSeq({ body, retained, receivedAt }: FleetMessage): boolean {
    // what the broker had kept was sent at another time
    if (retained) return true;
    const under = this.#latest();
    const isStranger =
      under === null || (body.boot !== undefined && under.birth.boot !== null && body.boot !== under.birth.boot);
    if (isStranger) {
      this.#needsBirth = true;
      return true;
    }
    if (!under.check.take(body.seq!)) return false;
    this.#dirty.births.add(keyOf(under.birth));
    if (under.birth.bdSeq === this.device.bdSeq && under.birth.ts === this.device.birthTs)
      this.#watchGap(under.check.missing, receivedAt);
    return true;
  }

  /** What was lost may have been values of metrics: a birth brings all of them. */
  #watchGap(missing: number, receivedAt: number): void {
    if (missing <= this.#forgivenMissing) {
      this.#forgivenMissing = missing;
      this.#gapSince = null;
      return;
    }
    this.#gapSince ??= receivedAt;
    if (receivedAt - this.#gapSince < OVERTAKING_MS) return;
    this.#needsBirth = true;
    this.#forgivenMissing = missing;
    this.#gapSince = null;
  }

  #takeNumber(message: FleetMessage): boolean {
    const { body, name, subject, retained, receivedAt } = message;
    const stream = this.#streams.get(body.stream!)!;
    this.#touchStream(body.stream!, stream);
    const topic = name.startsWith('report-') ? `report/${subject}` : name;
    if (!stream.check.take({ n: body.n!, historical: body.historical === true, topic, retained })) return false;
    if (!retained) this.#expect(stream, body.stream!, body.ts);
    stream.heardAt = Math.max(stream.heardAt, receivedAt);
    this.#dirty.streams.add(body.stream!);
    if (name === 'report-delivery') this.#told(message);
    return true;
  }

  /** Whether a stream that is new began after the device told of all it had: then its first number was to be heard too. */
  #expect(stream: KeptStream, name: string, ts: number): void {
    const { reported } = this.device;
    if (stream.isNew && reported !== null && ts > reported.ts && !reported.streams.includes(name))
      stream.check.expectFromStart();
    stream.isNew = false;
  }

  #told({ body, retained, receivedAt }: FleetMessage): void {
    const of = (name: unknown): StreamCheck => {
      const stream = this.#streams.get(name as string)!;
      stream.heardAt = Math.max(stream.heardAt, receivedAt);
      this.#dirty.streams.add(name as string);
      return stream.check;
    };
    const streams = listIn(body, 'streams');
    for (const { stream, ...state } of streams) {
      const { low, next, ended } = state as unknown as { low: number; next: number; ended?: string };
      const check = of(stream);
      // one that has ended may be older: that of a file that was copied
      if (!retained && ended === undefined)
        this.#expect(this.#streams.get(stream as string)!, stream as string, body.ts);
      check.state({ low, next, ...(ended !== undefined && { ended }) }, retained);
    }
    for (const { stream, ...drop } of listIn(body, 'dropped')) of(stream).dropped(drop as unknown as ToldDrop);
    if (retained || body.historical === true) return;
    const names = streams.map(({ stream }) => stream as string);
    this.device.reported = names.length > MOST_REPORTED ? null : { ts: body.ts, streams: names };
    this.#dirty.device = true;
  }

  /** Something new came. */
  #heard(message: FleetMessage): void {
    const { name, body, retained, receivedAt } = message;
    this.#heardAt(heardAtOf(message), retained);
    if (!PROMPT.has(name) || retained || body.historical === true || !this.#isPresent()) return;
    const clock = nextClockOffset(this.device.clock, body.ts, receivedAt);
    this.device.clock = clock;
  }

  /** What is heard as it is sent is the newest, also where this machine's own clock was set back. */
  #heardAt(at: number, retained: boolean): void {
    this.device.heardAt = retained ? Math.max(this.device.heardAt, at) : at;
    this.#dirty.device = true;
  }

  #isOnline(): void {
    const { device } = this;
    if (device.online === true && device.reason === null) return;
    device.online = true;
    device.reason = null;
    this.#dirty.device = true;
  }

  /** Whether what comes is of the latest birth, not of the past. */
  #isPresent(): boolean {
    const { under, bdSeq, birthTs } = this.device;
    return under !== null && under.bdSeq === bdSeq && under.ts === birthTs;
  }

  /** The birth that messages come after. */
  #latest(): KeptBirth | null {
    return this.device.under === null ? null : (this.#births.get(keyOf(this.device.under)) ?? null);
  }

  #goUnder({ bdSeq, ts }: BirthKey): void {
    if (this.device.under?.bdSeq === bdSeq && this.device.under.ts === ts) return;
    this.device.under = { bdSeq, ts };
    this.#dirty.device = true;
  }

  #touch(key: string, birth: KeptBirth): void {
    this.#births.delete(key);
    this.#births.set(key, birth);
  }

  #touchStream(name: string, stream: KeptStream): void {
    this.#streams.delete(name);
    this.#streams.set(name, stream);
  }
}

/** Unix ms at which a device lived: what a broker had kept says when it was made, as far as its clock is right. */
export const heardAtOf = ({ retained, receivedAt, body }: FleetMessage): number =>
  retained ? Math.min(receivedAt, body.ts) : receivedAt;

const birthWith = ({ birth, check }: KeptBirth): FleetBirth => ({
  ...birth,
  seqs: check.kept(),
  missing: check.missing,
});

const listIn = (body: Readonly<Record<string, unknown>>, key: string): readonly Record<string, unknown>[] =>
  body[key] as readonly Record<string, unknown>[];

/** Those that were not used for longest go. */
function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return;
    map.delete(key);
  }
}
