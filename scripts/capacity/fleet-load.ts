import type { Assumed } from './assumptions.js';
import type { MessageKind } from './message-kinds.js';

/** What a fleet asks for; rates a second, bytes in bytes, money a month. */
export interface FleetLoad {
  readonly devices: number;
  /** Held all the time. */
  readonly connections: number;
  /** In the middle of a day. */
  readonly messages: number;
  readonly bytes: number;
  /** In the busiest hour. */
  readonly busiestMessages: number;
  /** While all devices come back after an outage: births besides what is live. */
  readonly returnMessages: number;
  /** That the collectors have to store, so that what waited is caught up with in time. */
  readonly catchUpMessages: number;
  /** Rows that are kept at last, with all copies. */
  readonly storeBytes: number;
  readonly brokers: number;
  readonly collectors: number;
  readonly databases: number;
  /** All three run on one, with Mosquitto and SQLite. */
  readonly isOneMachine: boolean;
  readonly cost: { readonly nodes: number; readonly disks: number; readonly uplink: number };
}

const DAY_S = 86_400;
const DAYS_A_MONTH = 30.4;
/** Told as it happens, so that a busy hour has more of them; the others come by the clock. */
const SINGLE = /^event\b/;
/** One for each camera; of the others each camera makes one message longer. */
const BY_CAMERA = /^traffic\b/;
/** States and live numbers, which wait for nobody. */
const NOT_KEPT = /^(status|metrics)\b/;
/** Each device tells one birth, and its full metrics with the next message. */
const MESSAGES_OF_A_RETURN = 2;

/**
 * What a fleet asks of its brokers, collectors and store.
 *
 * @param kinds of one device with one camera in a day
 */
export function fleetLoad(devices: number, kinds: readonly MessageKind[], assumed: Assumed): FleetLoad {
  const perDay = (which: (topic: string) => boolean) =>
    sum(kinds, ({ topic, messages }) => (which(topic) ? messages * (BY_CAMERA.test(topic) ? assumed.cameras : 1) : 0));
  const all = perDay(() => true);
  const single = perDay((topic) => SINGLE.test(topic));
  const kept = perDay((topic) => !NOT_KEPT.test(topic));
  const bytesPerDay = sum(
    kinds,
    // single events get what is left of a day's bytes: more cameras share it
    ({ topic, messages, bytesEach }) => messages * bytesEach * (SINGLE.test(topic) ? 1 : assumed.cameras),
  );
  const rate = (perDevice: number) => (devices * perDevice) / DAY_S;
  const live = rate(all);
  const busiestMessages = rate(all - single) + rate(single) * Math.max(1, assumed['busiest-hour'] * 24);
  const returnMessages = busiestMessages + (devices * MESSAGES_OF_A_RETURN) / (assumed['return-minutes'] * 60);
  const waited = devices * kept * (assumed['outage-hours'] / 24);
  const catchUpMessages = busiestMessages + waited / (assumed['catch-up-hours'] * 3600);
  const most = Math.max(busiestMessages, returnMessages, catchUpMessages) * assumed.headroom;
  const storeBytes =
    (devices * all * assumed['row-bytes'] * assumed['retention-days'] * assumed.copies) / assumed.compression;
  const shares = {
    // in from the devices and out to the collectors
    brokers: Math.max(
      (devices * assumed.headroom) / assumed['broker-connections'],
      (2 * most) / assumed['broker-messages'],
    ),
    collectors: most / assumed['collector-messages'],
    databases: (most * assumed.copies) / assumed['store-rows'],
  };
  const isOneMachine = shares.brokers + shares.collectors + shares.databases <= 0.5;
  const brokers = nodes(shares.brokers);
  const collectors = nodes(shares.collectors);
  const databases = nodes(shares.databases);
  return {
    devices,
    connections: devices,
    messages: live,
    bytes: (devices * bytesPerDay) / DAY_S,
    busiestMessages,
    returnMessages,
    catchUpMessages,
    storeBytes,
    brokers,
    collectors,
    databases,
    isOneMachine,
    cost: {
      nodes: (isOneMachine ? 1 : brokers + collectors + databases) * assumed['node-price'],
      disks: (storeBytes / 1e9) * assumed['disk-price'],
      uplink: ((devices * bytesPerDay * DAYS_A_MONTH) / 1e9) * assumed['uplink-price'],
    },
  };
}

/** One is enough for little; beyond that one more than are needed, so that one may be away. */
const nodes = (share: number): number => (share <= 0.5 ? 1 : Math.ceil(share) + 1);

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
