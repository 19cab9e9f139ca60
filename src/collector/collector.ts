import { setImmediate as nextTurn } from 'node:timers/promises';
import { explain } from '../foundation/errors.js';
import { type Log, silentLog } from '../foundation/log.js';
import { pause } from '../foundation/pause.js';
import { TokenBucket } from '../foundation/token-bucket.js';
import { CollectorFigures } from './collector-figures.js';
import { type BatchCounts, type CollectorCounts, DecidedBatch, type ReasonCounts } from './decided-batch.js';
import { DeviceAccount, type NeededOfDevice } from './device/device-account.js';
import { heardAtOf } from './device/device-record.js';
import { ArrivalQueue, type WhenKept } from './inbound/arrival-queue.js';
import {
  type ArrivedMessage,
  type FleetMessage,
  type InspectedMessage,
  inspected,
  type QuarantineReason,
} from './inbound/inspection.js';
import type { AskedDevice, FleetStore } from './store/fleet-store.js';

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
/** ms after which a batch is tried again that could not be written. */
const RETRY_MS = [250, 1000, 5000, 15_000] as const;
const REBIRTHS = { perSecond: 10, burst: 50 };
const MOST_DEVICES = 20_000;

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
  /** Of what is written. */
  #counts: BatchCounts = { received: 0, taken: 0, doubles: 0, ignored: 0, quarantined: 0, rebirths: 0 };
  #reasons: ReasonCounts = {};
  /** What is decided, and is not being written yet. */
  #batch: DecidedBatch;
  /** Ends without a word; what failed is in `#failed`. */
  #writing: Promise<void> | null = null;
  /** Messages of the batch that is being written. */
  #inWriting = 0;
  #failed: { readonly error: unknown; readonly batch: DecidedBatch } | null = null;
  /** Failures since something was written last. */
  #failures = 0;
  /** Messages of one transaction; one, where it is to be found out which of them cannot be written. */
  #most = MOST_AT_ONCE;
  #wake: () => void = () => undefined;
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
    this.#batch = new DecidedBatch(this.#counts, this.#reasons);
  }

  /** @throws as the store does */
  static async open(options: CollectorOptions): Promise<Collector> {
    const collector = new Collector(options);
    collector.#devices = await options.store.deviceCount();
    for (const [name, count] of Object.entries(await options.store.counts())) {
      const reason = /^quarantined\.(.*)$/.exec(name)?.[1];
      if (reason !== undefined) collector.#reasons[reason as QuarantineReason] = count;
      else if (name in collector.#counts) collector.#counts[name as keyof BatchCounts] = count;
    }
    collector.#batch = new DecidedBatch(collector.#counts, collector.#reasons);
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
    if (this.#running === null) this.#running = this.#run();
    else this.#wake();
  }

  /** Writes what waits, where that goes well at once, and takes nothing more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  /** Decides about what comes while the batch before it is written; at most one batch is decided ahead. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await (this.#writing === null ? this.#gather() : nextTurn());
        await this.#decide();
        if (this.#writing === null) this.#beginToWrite();
        else if (this.#batch.length >= this.#most || this.#undecided === 0) await this.#woken();
        if (this.#failed !== null) throw this.#failed.error;
      } catch (error) {
        await this.#afterFailure(error);
        if (this.#stopping.signal.aborted) break;
      }
    }
    this.#running = null;
  }

  /** Messages that nothing is decided about yet. */
  get #undecided(): number {
    return this.#waiting.length - this.#inWriting - this.#batch.length;
  }

  /** Until a message comes, or the batch that is written is there. */
  #woken(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  /** What comes without a pause comes into the same batch: each costs a wait for the medium. */
  async #gather(): Promise<void> {
    let before: number;
    do {
      before = this.#waiting.length;
      await nextTurn();
    } while (this.#waiting.length > before && this.#waiting.length < this.#most);
  }

  /** What was decided is not written: it is decided anew, with what the store has. */
  async #afterFailure(thrown: unknown): Promise<void> {
    await this.#writing;
    const { error, batch } = this.#failed ?? { error: thrown, batch: this.#batch };
    this.#failed = null;
    this.#accounts.clear();
    this.#batch = new DecidedBatch(this.#counts, this.#reasons);
    this.#problem = explain(error);
    if (this.#failures === 0) this.#log.warn({ err: error, messages: batch.length }, 'what arrived cannot be written');
    if (this.#stopping.signal.aborted) return;
    if (isOfDisk(error)) await pause(RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)]!, this.#stopping.signal);
    else if (batch.length > 1) this.#most = 1;
    else if (batch.length === 1) this.#poisoned.set(batch.messages[0]!.message, explain(error));
    this.#failures++;
  }

  /** Decides about what waits, as much as one batch may be. */
  async #decide(): Promise<void> {
    const batch = this.#batch;
    const more = this.#waiting.slice(this.#inWriting + batch.length, this.#most - batch.length);
    if (more.length === 0) return;
    batch.take(more);
    const looked = more.map(({ message }) => this.#look(message));
    await this.#meet(looked);
    for (const [index, one] of looked.entries()) {
      const { message } = more[index]!;
      if (one.is === 'ignored') batch.counts.ignored++;
      else if (one.is === 'quarantined') batch.setAside(message, one.reason, one.detail);
      else {
        const account = this.#accounts.get(`${one.site}/${one.device}`);
        if (account !== undefined) {
          const needs = one.is === 'message' ? account.needs(one) : null;
          if (needs !== null) await this.#learn(account, one as FleetMessage, needs);
          batch.decide(account, one);
        }
        // whoever clears the topics of a device that was removed does not bring it back
        else if (one.is !== 'message') batch.counts.ignored++;
        else batch.setAside(message, 'too-many-devices', tooManyInWords(this.#mostDevices));
      }
    }
  }

  #look(message: ArrivedMessage): InspectedMessage {
    const problem = this.#poisoned.get(message);
    if (problem === undefined) return inspected(message);
    return { is: 'quarantined', reason: 'cannot-be-stored', detail: problem, message };
  }

  /** Asks the store about all devices at once that are not at hand; one of which a message came is made known, where there is room. */
  async #meet(looked: readonly InspectedMessage[]): Promise<void> {
    const asked = new Map<string, AskedDevice>();
    for (const one of looked) {
      if (one.is === 'ignored' || one.is === 'quarantined') continue;
      const { site, device } = one;
      const key = `${site}/${device}`;
      if (this.#accounts.has(key)) continue;
      const addAt = one.is === 'message' ? heardAtOf(one) : null;
      if ((asked.get(key)?.addAt ?? null) === null) asked.set(key, { site, device, addAt });
    }
    if (asked.size === 0) return;
    await this.#settled();
    const met = await this.#store.meet([...asked.values()], Math.max(0, this.#mostDevices - this.#devices));
    for (const known of met) {
      if (known === null) continue;
      if (known.isNew) this.#devices++;
      this.#accounts.set(`${known.device.site}/${known.device.device}`, new DeviceAccount(known));
    }
  }

  #beginToWrite(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    batch.asked = [...batch.touched].filter((account) => this.#asks(account));
    batch.counts.rebirths += batch.asked.length;
    this.#batch = new DecidedBatch(batch.counts, batch.reasons);
    this.#inWriting = batch.length;
    this.#writing = this.#write(batch)
      .catch((error: unknown) => {
        this.#failed = { error, batch };
      })
      .finally(() => {
        this.#writing = null;
        this.#inWriting = 0;
        this.#wake();
      });
    // what is told of one that is forgotten now is asked for once this batch is in the store
    this.#forgetAccounts();
  }

  async #write(batch: DecidedBatch): Promise<void> {
    const startedAt = performance.now();
    await this.#store.commit(batch.changes());
    this.#figures.committed(batch.length, performance.now() - startedAt);
    this.#counts = batch.counts;
    this.#reasons = batch.reasons;
    this.#inWriting = 0;
    this.#waiting.done(batch.messages);
    for (const { site, device, body } of batch.answers) this.#onAnswer(site, device, body);
    for (const { device } of batch.asked) this.#askForBirth(device.site, device.device);
    if (this.#failures > 0) this.#log.info({ messages: batch.length }, 'what arrives is written again');
    this.#failures = 0;
    this.#problem = null;
    if (this.#most < MOST_AT_ONCE) this.#most = Math.min(MOST_AT_ONCE, this.#most * 2);
    await this.#store.forget(this.#now());
  }

  #asks(account: DeviceAccount): boolean {
    const now = this.#now();
    if (!account.wantsBirth(now) || !this.#rebirths.take(now)) return false;
    account.askedForBirth(now);
    return true;
  }

  /** What is asked of the store is asked once the batch before is in it. @throws as that one failed */
  async #settled(): Promise<void> {
    await this.#writing;
    if (this.#failed !== null) throw this.#failed.error;
  }

  async #learn(account: DeviceAccount, message: FleetMessage, { births, streams }: NeededOfDevice): Promise<void> {
    const { id } = account.device;
    await this.#settled();
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
