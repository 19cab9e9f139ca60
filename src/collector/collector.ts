import { setImmediate as nextTurn } from 'node:timers/promises';
import { explain } from '../foundation/errors.js';
import { type Log, silentLog } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import { TokenBucket } from '../foundation/token-bucket.js';
import { CollectorFigures } from './collector-figures.js';
import { DeviceAccount, type NeededOfDevice } from './device/device-account.js';
import { heardAtOf } from './device/device-record.js';
import { ArrivalQueue, type WaitingMessage, type WhenKept } from './inbound/arrival-queue.js';
import {
  type ArrivedMessage,
  type FleetMessage,
  type InspectedMessage,
  inspected,
  type QuarantineReason,
} from './inbound/inspection.js';
import type {
  FleetChanges,
  FleetDevice,
  FleetStore,
  IntervalRow,
  LogRow,
  QuarantinedMessage,
} from './store/fleet-store.js';

export interface CollectorOptions {
  readonly store: FleetStore;
  readonly log?: Log;
  /** Asks a device for its birth. */
  readonly askForBirth?: (site: string, device: string) => void;
  /** Hears each answer to a command once it is kept. */
  readonly onAnswer?: (site: string, device: string, body: FleetMessage['body']) => void;
  /** Where what the writing costs is counted; default: its own. */
  readonly figures?: CollectorFigures;
  /** Devices that are known at most; messages of others are quarantined. Default 20,000. */
  readonly mostDevices?: number;
  /** Unix ms. */
  readonly now?: () => number;
}

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

/** How the collecting goes, for whoever watches. */
export interface CollectorState {
  readonly counts: CollectorCounts;
  /** By reason. */
  readonly quarantined: Readonly<Partial<Record<QuarantineReason, number>>>;
  readonly devices: number;
  /** Messages that wait to be written. */
  readonly waiting: number;
  /** Why nothing can be written now; null: all is well. */
  readonly problem: string | null;
}

/** Messages of one transaction. */
const MOST_AT_ONCE = 2000;
/** Quarantined messages of one batch that are kept with their sample; the others are only counted. */
const MOST_SAMPLES = 100;
const SAMPLE_BYTES = 2048;
/** ms after which a batch is tried again that could not be written. */
const RETRY_MS = [250, 1000, 5000, 15_000] as const;
const REBIRTHS = { perSecond: 10, burst: 50 };
const MOST_DEVICES = 20_000;

type Counts = { -readonly [Name in keyof CollectorCounts]: number };

/**
 * Writes what arrives, many messages in one transaction, and says of each when it is kept. What is decided about a message is
 * decided in `DeviceAccount`; here is the waiting line, the store and what to do where that fails: nothing is told as kept then.
 */
export class Collector {
  readonly #store: FleetStore;
  readonly #log: Log;
  readonly #askForBirth: (site: string, device: string) => void;
  readonly #onAnswer: NonNullable<CollectorOptions['onAnswer']>;
  readonly #mostDevices: number;
  readonly #now: () => number;
  readonly #rebirths = new TokenBucket(REBIRTHS.perSecond, REBIRTHS.burst);
  readonly #accounts = new Map<string, DeviceAccount>();
  readonly #waiting = new ArrivalQueue();
  readonly #poisoned = new WeakMap<ArrivedMessage, string>();
  #counts: Counts = { received: 0, taken: 0, doubles: 0, ignored: 0, quarantined: 0, rebirths: 0 };
  #reasons: Partial<Record<QuarantineReason, number>> = {};
  #devices = 0;
  #problem: string | null = null;
  #running: Promise<void> | null = null;
  readonly #figures: CollectorFigures;
  readonly #stopping = new AbortController();

  private constructor({ store, log, askForBirth, onAnswer, mostDevices, now, figures }: CollectorOptions) {
    this.#store = store;
    this.#log = log ?? silentLog;
    this.#askForBirth = askForBirth ?? (() => undefined);
    this.#onAnswer = onAnswer ?? (() => undefined);
    this.#figures = figures ?? new CollectorFigures();
    this.#mostDevices = mostDevices ?? MOST_DEVICES;
    this.#now = now ?? Date.now;
  }

  /** @throws as the store does */
  static async open(options: CollectorOptions): Promise<Collector> {
    const collector = new Collector(options);
    collector.#devices = await options.store.deviceCount();
    for (const [name, count] of Object.entries(await options.store.counts())) {
      const reason = /^quarantined\.(.*)$/.exec(name)?.[1];
      if (reason !== undefined) collector.#reasons[reason as QuarantineReason] = count;
      else if (name in collector.#counts) collector.#counts[name as keyof Counts] = count;
    }
    return collector;
  }

  state(): CollectorState {
    return {
      counts: { ...this.#counts },
      quarantined: { ...this.#reasons },
      devices: this.#devices,
      waiting: this.#waiting.length,
      problem: this.#problem,
    };
  }

  /** What the writing costs, since the program began. */
  get figures(): CollectorFigures {
    return this.#figures;
  }

  /** Unix ms at which the one that waits longest arrived; null: none waits. */
  get waitingSince(): number | null {
    return this.#waiting.oldest;
  }

  /** Whether no more should be brought for now: `whenRoom` says when. */
  get isFull(): boolean {
    return this.#waiting.isFull;
  }

  /** Calls back once there is room; at once where there is. */
  whenRoom(then: () => void): void {
    this.#waiting.whenRoom(then);
  }

  /** @param kept called once it is committed; never, where the collector stops before */
  take(message: ArrivedMessage, kept: WhenKept): void {
    if (this.#stopping.signal.aborted) return;
    this.#waiting.push(message, kept);
    this.#figures.arrived(message.payload.length);
    this.#running ??= this.#run();
  }

  /** Writes what waits, where that goes well at once, and takes nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let failures = 0;
    let most = MOST_AT_ONCE;
    while (this.#waiting.length > 0) {
      await this.#gather(most);
      const batch = this.#waiting.first(most);
      try {
        await this.#write(batch);
        this.#waiting.done(batch);
        if (failures > 0) this.#log.info({ messages: batch.length }, 'what arrives is written again');
        failures = 0;
        this.#problem = null;
        if (most < MOST_AT_ONCE) most = Math.min(MOST_AT_ONCE, most * 2);
        await this.#store.forget(this.#now());
      } catch (error) {
        // what was decided is not written: it is decided anew, with what the store has
        this.#accounts.clear();
        this.#problem = explain(error);
        if (failures === 0) this.#log.warn({ err: error, messages: batch.length }, 'what arrived cannot be written');
        if (this.#stopping.signal.aborted) break;
        if (isOfDisk(error)) await pause(RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]!, this.#stopping.signal);
        else if (batch.length > 1) most = 1;
        else this.#poisoned.set(batch[0]!.message, explain(error));
        failures++;
      }
    }
    this.#running = null;
  }

  /** What comes without a pause comes into the same batch: each costs a wait for the medium. */
  async #gather(most: number): Promise<void> {
    let before: number;
    do {
      before = this.#waiting.length;
      await nextTurn();
    } while (this.#waiting.length > before && this.#waiting.length < most);
  }

  async #write(batch: readonly WaitingMessage[]): Promise<void> {
    const rows: (LogRow | IntervalRow)[] = [];
    const quarantined: QuarantinedMessage[] = [];
    const touched = new Set<DeviceAccount>();
    const answers: FleetMessage[] = [];
    const counts: Counts = { ...this.#counts, received: this.#counts.received + batch.length };
    const reasons = { ...this.#reasons };
    const toQuarantine = (message: ArrivedMessage, reason: QuarantineReason, detail: string): void => {
      counts.quarantined++;
      reasons[reason] = (reasons[reason] ?? 0) + 1;
      if (quarantined.length < MOST_SAMPLES) quarantined.push(quarantinedAs(message, reason, detail));
    };
    for (const { message } of batch) {
      const problem = this.#poisoned.get(message);
      const looked: InspectedMessage =
        problem === undefined
          ? inspected(message)
          : { is: 'quarantined', reason: 'cannot-be-stored', detail: problem, message };
      if (looked.is === 'ignored') counts.ignored++;
      else if (looked.is === 'quarantined') toQuarantine(message, looked.reason, looked.detail);
      else {
        const account = this.#accounts.get(`${looked.site}/${looked.device}`) ?? (await this.#account(looked));
        if (account === null) {
          // whoever clears the topics of a device that was removed does not bring it back
          if (looked.is !== 'message') counts.ignored++;
          else toQuarantine(message, 'too-many-devices', tooManyInWords(this.#mostDevices));
          continue;
        }
        touched.add(account);
        if (looked.is === 'elsewhere') {
          account.takeElsewhere(looked);
          counts.ignored++;
          continue;
        }
        if (looked.is === 'cleared') {
          account.clear(looked);
          counts.taken++;
          continue;
        }
        const needs = account.needs(looked);
        if (needs !== null) await this.#learn(account, looked, needs);
        const { row, isDouble } = account.take(looked);
        if (looked.name === 'command-result') answers.push(looked);
        if (row !== null) rows.push(row);
        if (isDouble) counts.doubles++;
        else counts.taken++;
      }
    }
    const asked = [...touched].filter((account) => this.#asks(account));
    counts.rebirths += asked.length;
    const devices: FleetDevice[] = [];
    const births: FleetChanges['births'][number][] = [];
    const streams: FleetChanges['streams'][number][] = [];
    const alerts: FleetChanges['alerts'][number][] = [];
    for (const account of touched) {
      const changes = account.changes();
      if (changes.device !== null) devices.push(changes.device);
      births.push(...changes.births);
      streams.push(...changes.streams);
      for (const alert of changes.alerts) alerts.push({ ...alert, device: account.device.id });
    }
    const startedAt = performance.now();
    await this.#store.commit({
      devices,
      births,
      streams,
      alerts,
      rows,
      quarantined,
      counts: {
        ...counts,
        ...Object.fromEntries(Object.entries(reasons).map(([name, n]) => [`quarantined.${name}`, n])),
      },
    });
    this.#figures.committed(batch.length, performance.now() - startedAt);
    this.#counts = counts;
    this.#reasons = reasons;
    this.#forgetAccounts();
    for (const { site, device, body } of answers) this.#onAnswer(site, device, body);
    for (const { device } of asked) this.#askForBirth(device.site, device.device);
  }

  #asks(account: DeviceAccount): boolean {
    const now = this.#now();
    if (!account.wantsBirth(now) || !this.#rebirths.take(now)) return false;
    account.askedForBirth(now);
    return true;
  }

  /** null: there are too many, or nothing is known of one that a message makes nobody known with. */
  async #account(looked: Exclude<InspectedMessage, { is: 'ignored' | 'quarantined' }>): Promise<DeviceAccount | null> {
    const { site, device } = looked;
    let known = await this.#store.known(site, device);
    if (known === null) {
      if (looked.is !== 'message' || this.#devices >= this.#mostDevices) return null;
      const added = await this.#store.addDevice(site, device, heardAtOf(looked));
      known = { device: added, births: [], streams: [], alerts: [] };
      this.#devices++;
    }
    const account = new DeviceAccount(known);
    this.#accounts.set(`${site}/${device}`, account);
    return account;
  }

  async #learn(account: DeviceAccount, message: FleetMessage, { births, streams }: NeededOfDevice): Promise<void> {
    const { id } = account.device;
    for (const key of births) {
      const birth = await this.#store.birth(id, key);
      if (birth !== null) account.knowBirth(birth);
      const { boot } = message.body;
      if (birth === null && boot !== undefined && (await this.#store.hasBoot(id, boot))) account.knowBoot(boot);
    }
    for (const stream of streams) account.knowStream(stream, await this.#store.stream(id, stream));
  }

  /** All known devices have room; a store of more, from elsewhere, is looked into again and again. */
  #forgetAccounts(): void {
    for (const key of this.#accounts.keys()) {
      if (this.#accounts.size <= this.#mostDevices) return;
      this.#accounts.delete(key);
    }
  }
}

/** A disk or a server that does not take it now: nothing is wrong with what is written. */
const isOfDisk = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'E_OUTPUT';

const tooManyInWords = (most: number): string =>
  `${most} devices are known: let more be with --max-devices, and look at the broker's access rules if there are not so many`;

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
