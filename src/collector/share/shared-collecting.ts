import type { MqttConfig } from '../../config/config.js';
import { explain } from '../../foundation/errors.js';
import { type Log, silentLog } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import type { BrokerAddress } from '../../telemetry/mqtt/broker-address.js';
import { FleetSubscription, type SubscriptionState } from '../broker/fleet-subscription.js';
import { Collector, type CollectorOptions, type CollectorState } from '../collector.js';
import { CollectorFigures } from '../collector-figures.js';
import type { PostgresFleetStore } from '../store/postgres/postgres-fleet-store.js';
import { GoneCollectors } from './gone-collectors.js';
import { InboxWork } from './inbox-work.js';
import type { Beat, Membership } from './membership.js';
import { partitionsOf } from './partition-plan.js';
import { ServerTime, steadyNow } from './server-time.js';
import { SharedInbox } from './shared-inbox.js';

export interface SharedCollectingOptions {
  readonly store: PostgresFleetStore;
  readonly membership: Membership;
  /** Of the shared subscription; the same for all. */
  readonly share: string;
  readonly address: BrokerAddress;
  readonly mqtt: MqttConfig;
  readonly topics: readonly string[];
  readonly collector: Omit<CollectorOptions, 'store' | 'now'>;
  readonly log?: Log;
  /** ms for which a message waits for others that arrived before it elsewhere; default 500. */
  readonly holdMs?: number;
  /** ms without a sign of life after which the session of another is taken over though its lock is held; default 10,000. */
  readonly goneMs?: number;
}

/** How several share the load. */
export interface SharingState {
  /** That give signs of life, this one included. */
  readonly collectors: number;
  /** Of the parts into which devices are dealt out, those of this one. */
  readonly parts: number;
  /** Sessions of others that were taken over. */
  readonly takenOver: number;
}

const BEAT_MS = 500;
const HOLD_MS = 500;
const GONE_MS = 10_000;
/** Without a sign of life for so long one does not hold up the others. */
const SILENT_MS = 3000;
/** What is written so long after the last sign of life is there before the others go on without it. */
const WRITE_MS = 2000;
/** Without the database for so long one leaves its session, before the others find its lock free for long enough. */
const LOST_MS = 1500;
const NOTHING: CollectorState = {
  counts: { received: 0, taken: 0, doubles: 0, ignored: 0, quarantined: 0, rebirths: 0 },
  quarantined: {},
  devices: 0,
  waiting: 0,
  problem: null,
};

/**
 * One of several collectors: puts what the broker deals out to it into the inbox of all, works on the devices that are its own, and
 * takes over what waits at the broker for one that is gone.
 */
export class SharedCollecting {
  readonly #options: SharedCollectingOptions;
  readonly #log: Log;
  readonly figures = new CollectorFigures();
  readonly #time = new ServerTime();
  readonly #gone: GoneCollectors;
  readonly #inbox: SharedInbox;
  readonly #work: InboxWork;
  readonly #stopping = new AbortController();
  #subscription: FleetSubscription | null = null;
  #running: Promise<void> | null = null;
  #beating: Promise<void> | null = null;
  /** When the last sign of life was given that the server took: by the clock that goes on while it is set, and by the server's. */
  #beatAt = Number.NEGATIVE_INFINITY;
  #beatNow: number | null = null;
  /** Since when signs of life fail; null: they do not. */
  #failingSince: number | null = null;
  /** Ends what is under way with sessions at the broker. */
  #leaving = new AbortController();
  /** Until its sessions are left. */
  #left: Promise<unknown> = Promise.resolve();
  #takingOver: Promise<void> | null = null;
  #alive: readonly string[] = [];
  #takenOver = 0;
  #problem: string | null = null;
  #wantsRetained = false;

  constructor(options: SharedCollectingOptions) {
    this.#options = options;
    this.#log = options.log ?? silentLog;
    this.#gone = new GoneCollectors(options.goneMs ?? GONE_MS);
    const { membership, store, collector } = options;
    const mayWrite = (): boolean => performance.now() - this.#beatAt < WRITE_MS;
    this.#inbox = new SharedInbox(membership.link, mayWrite, this.#log);
    this.#work = new InboxWork({
      store,
      open: () => Collector.open({ ...collector, store, figures: this.figures, now: () => this.#now() }),
      log: this.#log,
    });
  }

  /** @throws EdgeError E_OUTPUT where the store fails */
  async start(): Promise<void> {
    this.#wantsRetained = (await this.#options.store.deviceCount()) === 0;
    await this.#beat();
    this.#work.start();
    this.#running = this.#run();
  }

  state(): CollectorState {
    const state = this.#work.state ?? NOTHING;
    const problem = this.#problem ?? this.#inbox.problem ?? this.#work.problem ?? state.problem;
    return { ...state, waiting: state.waiting + this.#inbox.waiting, problem };
  }

  /** Unix ms at which the message that waits longest arrived; null: none waits here. */
  get waitingSince(): number | null {
    return this.#inbox.oldest;
  }

  get sharing(): SharingState {
    return { collectors: this.#alive.length, parts: this.#work.partitions, takenOver: this.#takenOver };
  }

  get broker(): SubscriptionState {
    return this.#subscription?.state ?? { connected: false, protocol: null, connections: 0, problem: this.#problem };
  }

  publish(topic: string, payload: string): void {
    this.#subscription?.publish(topic, payload);
  }

  /** Puts what has arrived into the inbox, and leaves what waits at the broker to the others, or to its next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#takingOver;
    await this.#inbox.stop();
    await this.#subscription?.stop();
    await this.#work.stop();
    await this.#options.membership.leave();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await pause(BEAT_MS, signal);
      if (signal.aborted) break;
      this.#beating ??= this.#tryToBeat().finally(() => (this.#beating = null));
      await Promise.race([this.#beating, pause(BEAT_MS, signal)]);
      const now = performance.now();
      const isLost = now - (this.#failingSince ?? now) > LOST_MS || now - this.#beatAt > SILENT_MS;
      if (isLost) await this.#leave();
    }
    await this.#beating;
  }

  async #tryToBeat(): Promise<void> {
    try {
      await this.#beat();
      this.#failingSince = null;
      this.#problem = null;
    } catch (error) {
      this.#problem = explain(error);
      this.#gone.forget();
      this.#failingSince ??= performance.now();
    }
  }

  async #beat(): Promise<void> {
    const [askedAt, begunAt] = [steadyNow(), performance.now()];
    const beat = await this.#options.membership.beat(this.#inbox.oldest ?? this.#time.of(askedAt));
    this.#time.read(beat.now, askedAt, steadyNow());
    const silentMs = beat.now - (this.#beatNow ?? beat.now);
    this.#beatNow = beat.now;
    // whatever was taken meanwhile the others have overtaken
    if (silentMs >= SILENT_MS) await this.#leave();
    await this.#left;
    // whoever took it for gone may have given its place away
    this.#options.store.ids.slot = this.#options.membership.slot;
    if (this.#stopping.signal.aborted || performance.now() - begunAt > SILENT_MS) return;
    this.#beatAt = begunAt;
    this.#subscription ??= this.#subscribed();
    this.#plan(beat);
  }

  /**
   * The others go on without this one, and take its devices and its session: it must not be in their way. What it has not written is the broker's
   * again, which tells it anew as what came late.
   */
  #leave(): Promise<unknown> {
    this.#beatAt = Number.NEGATIVE_INFINITY;
    this.#work.plan([], 0);
    this.#leaving.abort();
    this.#leaving = new AbortController();
    const subscription = this.#subscription;
    this.#subscription = null;
    const left = Promise.all([this.#left, subscription?.stop(), this.#takingOver]);
    this.#left = left.then(() => this.#inbox.forget());
    return this.#left;
  }

  /** Unix ms by the server's clock. */
  #now(): number {
    return this.#time.of(steadyNow());
  }

  #plan(beat: Beat): void {
    const { now, collectors } = beat;
    const { holdMs = HOLD_MS, membership } = this.#options;
    const gone = this.#gone.of(beat);
    const alive = collectors.filter(({ name }) => !gone.has(name));
    this.#alive = alive.map(({ name }) => name);
    const talking = alive.filter(({ seenAt }) => now - seenAt < SILENT_MS);
    const horizon = Math.min(now - holdMs, ...talking.map(({ safeAt }) => safeAt));
    this.#work.plan(partitionsOf(membership.name, this.#alive), horizon);
    const [first] = gone;
    if (first !== undefined) this.#takingOver ??= this.#takeOver(first).finally(() => (this.#takingOver = null));
  }

  #subscribed(): FleetSubscription {
    const subscription = this.#session(this.#options.membership.name, false);
    subscription.start();
    return subscription;
  }

  #session(clientId: string, isLeft: boolean): FleetSubscription {
    const { address, mqtt, topics, share } = this.#options;
    return new FleetSubscription({
      address,
      mqtt,
      clientId,
      topics,
      wantsRetained: this.#wantsRetained && !isLeft,
      taker: this.#inbox,
      share: { name: share, isLeft },
      log: this.#log,
      now: () => this.#now(),
    });
  }

  /** What waits at the broker for one that is gone; where that does not come to its end somebody tries again. */
  async #takeOver(name: string): Promise<void> {
    const { membership } = this.#options;
    const signal = AbortSignal.any([this.#stopping.signal, this.#leaving.signal]);
    let session: FleetSubscription | null = null;
    try {
      if (!(await membership.claims(name))) return;
      this.#log.warn({ collector: name }, 'a collector is gone: what waits for it is taken over');
      session = this.#session(name, true);
      session.start();
      const isAll = await this.#isTaken(session, signal);
      await session.stop(isAll);
      session = null;
      await membership.release(name, isAll);
      if (!isAll) return;
      this.#takenOver++;
      this.#log.info({ collector: name }, 'what waited for it is taken over');
    } catch (error) {
      this.#log.warn({ err: error, collector: name }, 'what waits for it cannot be taken over');
      await session?.stop();
      // whoever comes back under this name waits for it
      await membership.release(name, false).catch(() => undefined);
    }
  }

  /** Waits until all that waited there lies in the inbox. @returns false: it was ended before */
  async #isTaken(session: FleetSubscription, signal: AbortSignal): Promise<boolean> {
    const hasCome = await Promise.race([session.caughtUp.then(() => true), stopped(signal)]);
    const until = this.#now();
    const isKept = (): boolean => (this.#inbox.oldest ?? Number.POSITIVE_INFINITY) > until;
    while (hasCome && !isKept() && !signal.aborted) await pause(BEAT_MS / 10, signal);
    return hasCome && !signal.aborted;
  }
}

const stopped = (signal: AbortSignal): Promise<false> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(false);
    signal.addEventListener('abort', () => resolve(false), { once: true });
  });
