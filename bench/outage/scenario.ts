import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type MqttClient } from 'mqtt';
import { DeviceCheck, type DeviceVerdict, isSound } from '../../scripts/receiver/device-check.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { KilledDevice } from './fleet.js';
import { Ledger } from './ledger.js';
import { Line } from './link.js';
import { idOf } from './messages.js';

export interface ScenarioOptions {
  /** `device.js` or `rival.js`. */
  readonly program: string;
  /** Empty, for ledger and outbox. */
  readonly folder: string;
  /** Where the outbox lies, when it can be filled and made read-only; null: in `folder`, which is not. */
  readonly disk: { readonly at: string; remount(options: string): void } | null;
  readonly messages: number;
  /** Messages in a simulated second. */
  readonly rate: number;
  readonly kills: number;
  /** ms that a device lives before it is killed, and up to half as much again: it must have been able to start. */
  readonly lifeMs: number;
  /** Real seconds of the outage, in which all messages but a few are made. */
  readonly outageS: number;
  readonly maxBytes: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

/** What a receiver found, against what the device wrote down itself. */
export interface ScenarioResult {
  readonly handed: number;
  readonly accepted: number;
  readonly received: number;
  readonly doubles: number;
  readonly outOfOrder: number;
  /** Accepted, never received, and not told as given up. */
  readonly lost: number;
  /** Told as given up. */
  readonly told: number;
  readonly kills: number;
  readonly streams: number;
  /** Whether the receiver's numbers alone prove that nothing is missing. */
  readonly isProved: boolean;
  /** The most that the outbox took on disk, its log included. */
  readonly mostBytes: number;
  readonly drainS: number;
  /** What happened to the disk meanwhile. */
  readonly disk: string;
}

/** An outage from its beginning to the end of the backlog. */
export async function outage(options: ScenarioOptions): Promise<ScenarioResult> {
  const broker = new EmbeddedBroker(0);
  const direct = await broker.start();
  const line = new Line(Number(new URL(direct).port));
  const url = await line.open();
  const receiver = await Receiver.at(direct);
  const place = options.disk?.at ?? options.folder;
  const ledger = new Ledger(join(options.folder, 'ledger'));
  const device = new KilledDevice(options.program, {
    broker: url,
    folder: place,
    ledger: join(options.folder, 'ledger'),
    messages: options.messages,
    perSecond: options.messages / options.outageS,
    rate: options.rate,
    maxBytes: options.maxBytes,
  });
  const sizes = new Sizes(place);
  try {
    device.start();
    await device.until('connected', ({ connected }) => connected);
    await device.until('live messages', () => receiver.received > 0);
    line.cut();
    const inOutage = Math.max(1, Math.ceil(options.kills * 0.8));
    const disk = await dark(device, options, inOutage);
    await device.until('all handed in', ({ handed }) => handed >= options.messages, 1_200_000);
    line.mend();
    const began = performance.now();
    for (let kill = inOutage; kill < options.kills; kill++) {
      await life(options);
      await device.kill();
      device.start();
    }
    await device.until(
      'drained',
      ({ connected, waiting, inFlight }) => connected && waiting === 0 && inFlight === 0,
      1_200_000,
    );
    const drainS = (performance.now() - began) / 1000;
    // the report that tells the end of the backlog, and the acceptance of the last messages
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await device.stop();
    return { ...resultOf(ledger, receiver), kills: device.kills, mostBytes: sizes.most, drainS, disk };
  } finally {
    sizes.stop();
    await device.kill();
    await receiver.close();
    await line.close();
    await broker.stop();
  }
}

/** Kills while there is no connection, and what the disk does to it. */
async function dark(device: KilledDevice, options: ScenarioOptions, kills: number): Promise<string> {
  const { disk } = options;
  let happened = 'kills only: this user may mount no disk of its own';
  for (let kill = 0; kill < kills; kill++) {
    await life(options);
    if (disk && kill === Math.floor(kills / 3)) {
      happened = await fill(device, disk.at, options);
    }
    if (disk && kill === Math.floor((2 * kills) / 3)) {
      await makeReadOnly(device, disk, options.lifeMs);
      happened += ', made read-only';
    }
    await device.kill();
    device.start();
  }
  return happened;
}

const life = ({ lifeMs, random }: ScenarioOptions): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, lifeMs * (1 + random() / 2)));

/**
 * The disk is full until the device says so, and a while longer; it is not killed meanwhile: memory is all it has then. A
 * device that has nothing more to write does not feel it, and that is told.
 */
async function fill(device: KilledDevice, at: string, { lifeMs, messages }: ScenarioOptions): Promise<string> {
  await device.until('open', ({ state }) => state === 'open');
  const filler = join(at, 'filler');
  const block = Buffer.alloc(2 ** 16);
  try {
    for (;;) writeFileSync(filler, block, { flag: 'a' });
  } catch {
    // full
  }
  let felt = false;
  await device.until('degraded by a full disk', ({ state, handed }) => {
    felt = state === 'degraded';
    return felt || handed >= messages;
  });
  await new Promise((resolve) => setTimeout(resolve, lifeMs));
  rmSync(filler);
  await device.until('recovered', ({ state, held }) => state === 'open' && held === 0);
  return felt ? 'filled' : 'filled too late: all messages were made by then';
}

/** A file system that is read-only when the device starts, as a worn card makes it. */
async function makeReadOnly(
  device: KilledDevice,
  { remount }: NonNullable<ScenarioOptions['disk']>,
  holdMs: number,
): Promise<void> {
  await device.kill();
  remount('ro');
  device.start();
  await device.until('degraded by a read-only disk', ({ state }) => state === 'degraded');
  await new Promise((resolve) => setTimeout(resolve, holdMs));
  remount('rw');
  await device.until('recovered', ({ state, held }) => state === 'open' && held === 0);
}

function resultOf(ledger: Ledger, receiver: Receiver) {
  const { handed, accepted } = ledger.read();
  const ids = new Set<number>();
  for (const [from, to] of accepted) for (let id = from; id <= to; id++) ids.add(id);
  let missing = 0;
  for (const id of ids) if (!receiver.ids.has(id)) missing++;
  const verdicts = receiver.check.verdicts();
  const sum = (of: (verdict: DeviceVerdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const told = sum(({ toldDropped }) => toldDropped);
  const isWhole = verdicts.length > 0 && verdicts.every((one) => isSound(one) && one.waiting === 0 && one.low !== null);
  return {
    handed,
    accepted: ids.size,
    received: receiver.ids.size,
    doubles: receiver.doubles,
    outOfOrder: sum(({ outOfOrder }) => outOfOrder),
    lost: Math.max(0, missing - told),
    told,
    streams: verdicts.length,
    isProved: isWhole,
  };
}

/** The reference receiver, in this process. */
class Receiver {
  readonly check = new DeviceCheck(true);
  readonly ids = new Set<number>();
  received = 0;
  doubles = 0;
  readonly #client: MqttClient;

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => this.#take(topic, payload.toString()));
  }

  static async at(url: string): Promise<Receiver> {
    const client = connect(url, { clientId: 'receiver', reconnectPeriod: 0 });
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
    });
    await client.subscribeAsync('edge/v1/#', { qos: 1 });
    return new Receiver(client);
  }

  close(): Promise<void> {
    return this.#client.endAsync(true);
  }

  #take(topic: string, payload: string): void {
    if (payload === '') return;
    const verdict = this.check.take(topic, payload);
    const id = verdict === 'double' || topic.endsWith('/status') ? null : idOf(payload);
    if (verdict === 'double') this.doubles++;
    if (id === null) return;
    this.received++;
    // the rival numbers nothing: doubles are told by what is in them
    if (this.ids.has(id)) this.doubles++;
    this.ids.add(id);
  }
}

/** The most that files of a folder took. */
class Sizes {
  most = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(folder: string) {
    this.#timer = setInterval(() => {
      const names = readdirSync(folder).filter((name) => name.startsWith('outbox.db'));
      const bytes = names.reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
      this.most = Math.max(this.most, bytes);
    }, 50);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch {
    // gone since it was listed
    return 0;
  }
}
