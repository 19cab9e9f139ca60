import { Random } from '../../src/simulator/random.js';
import { type DeviceNature, NATURE_METRICS, natureOf, valueNow } from './device-nature.js';
import { overtaking } from './overtaking.js';
import type { SentMessage } from './sent-message.js';

/** A message that is kept, in the table where it belongs. */
export interface KeptMessage {
  readonly table: string;
  /** Unix ms at which it was really made. */
  readonly madeAt: number;
  /** As it arrived first. */
  readonly body: string;
}

/** A connection. */
export interface BirthTruth {
  readonly body: string;
  /** Numbers that never came, of those below one that did. */
  readonly missing: number;
}

/** What must be known of a device once all of its messages arrived. */
export interface DeviceTruth {
  readonly site: string;
  readonly device: string;
  /** By how many ms its clock is ahead. */
  readonly clockErrorMs: number;
  /** Numbered messages that arrived, by `stream n`. */
  readonly arrived: ReadonlyMap<string, KeptMessage>;
  /** Live values that arrived, by `ts seq`: bodies. */
  readonly values: ReadonlyMap<string, string>;
  /** By `bdSeq ts`. */
  readonly births: ReadonlyMap<string, BirthTruth>;
  /** Numbered messages that never arrive and that nobody tells of. */
  readonly lost: number;
  /** Given up by the device, which tells so. */
  readonly told: number;
  /** Came behind one with a higher number. */
  readonly outOfOrder: number;
  /** Alerts that hold. */
  readonly alerts: ReadonlySet<string>;
  readonly online: boolean;
  readonly boot: string;
}

export interface DeviceDay {
  readonly messages: readonly SentMessage[];
  readonly truth: DeviceTruth;
}

export interface DevicePlan {
  readonly site: string;
  readonly device: string;
  /** Unix ms. */
  readonly from: number;
  readonly hours: number;
  readonly random: Random;
  /** Of the messages, at most; default 0.02. */
  readonly doubles?: number;
  /** Messages that the network between loses; default 0.001. */
  readonly losses?: number;
  /** Pairs of neighbours that overtake each other; default 0.01. */
  readonly overtaken?: number;
}

interface Pending {
  readonly topic: string;
  readonly body: Record<string, unknown>;
  readonly n: number;
  readonly stream: string;
  readonly madeAt: number;
}

/** A birth, the highest number that came after it, and those that did not. */
interface Connection {
  body: string;
  highest: number;
  readonly lost: number[];
}

/** What is kept of a topic's first word. */
const TABLES: Readonly<Record<string, string>> = {
  event: 'events',
  traffic: 'traffic',
  summary: 'summaries',
  report: 'reports',
  alert: 'alert_log',
};
const STEP_MS = 20_000;
const MINUTE_MS = 60_000;
const LEAST_WAY_MS = 20;
const FIRST_HEARD = 3;
/** Of a long outage the newest so many wait; the others are given up. */
const MOST_WAITING = 60;
const CAMERAS = ['north', 'south'];
const PASSING = ['fps_inferred', 'vehicles', 'stage_p95'].flatMap((name) =>
  CAMERAS.map((camera) => ({ name: `${name}.${camera}`, unit: name === 'stage_p95' ? 'ms' : '' })),
);
const METRICS = [...PASSING, ...NATURE_METRICS.map(([name, unit]) => ({ name, unit }))];
const CLOCK_ERRORS_MS = [0, 0, 0, 0, 0, 0, 150, -400, 7_200_000, -3_600_000];

/**
 * One device through some hours: births, events, counts, alerts, outages of its link with what is told afterwards, restarts, lost
 * and doubled messages, a clock that is wrong. What it sends keeps to the published schemas.
 */
export class SimulatedDevice {
  readonly #plan: DevicePlan;
  readonly #random: Random;
  readonly #sent: SentMessage[] = [];
  readonly #arrived = new Map<string, KeptMessage>();
  /** Streams of which something arrived. */
  readonly #heard = new Set<string>();
  readonly #values = new Map<string, string>();
  readonly #births = new Map<string, Connection>();
  /** That hold, as they were told. */
  readonly #alerts = new Map<string, Record<string, unknown>>();
  readonly #outbox: Pending[] = [];
  readonly #clockErrorMs: number;
  readonly #nature: DeviceNature;
  /** Of what is measured: what happens to the device is the same without it. */
  readonly #noise: Random;
  #now: number;
  #boot = '';
  #stream = '';
  #n = 0;
  #seq = 0;
  #bdSeq = 0;
  #connection: Connection = { body: '', highest: 0, lost: [] };
  #lost = 0;
  #told = 0;
  #connected = false;
  #lastAt = 0;
  #crossed = 0;
  #dropped: Record<string, unknown>[] = [];
  #downUntil = 0;

  constructor(plan: DevicePlan) {
    this.#plan = plan;
    this.#random = plan.random;
    this.#now = plan.from;
    this.#clockErrorMs = CLOCK_ERRORS_MS[this.#random.index(CLOCK_ERRORS_MS.length)]!;
    this.#noise = new Random(this.#random.index(1e9));
    this.#nature = natureOf(this.#noise);
    this.#stream = word(this.#random, 12, '0123456789abcdef');
    this.#bdSeq = (plan.from + this.#clockErrorMs) * 1000 + this.#random.index(1000);
  }

  /** All of it, in the order of arrival. */
  day(): DeviceDay {
    const { from, hours, site, device } = this.#plan;
    this.#start();
    for (this.#now = from; this.#now < from + hours * 3_600_000; this.#now += STEP_MS) this.#step();
    // whatever waits is told, so that the end is known
    if (!this.#connected) this.#connect();
    this.#drain();
    this.#report();
    const outOfOrder = overtaking(this.#sent, this.#random, this.#plan.overtaken ?? 0.01);
    const births = [...this.#births].map(([key, { body, highest, lost }]): [string, BirthTruth] => [
      key,
      { body, missing: lost.filter((seq) => seq < highest).length },
    ]);
    const truth: DeviceTruth = {
      site,
      device,
      clockErrorMs: this.#clockErrorMs,
      arrived: this.#arrived,
      values: this.#values,
      births: new Map(births),
      outOfOrder,
      lost: this.#lost,
      told: this.#told,
      alerts: new Set(this.#alerts.keys()),
      online: this.#connected,
      boot: this.#boot,
    };
    return { messages: this.#sent, truth };
  }

  #step(): void {
    const random = this.#random;
    if (this.#connected && happens(random, 0.004)) this.#loseLink();
    else if (this.#connected && happens(random, 0.002)) this.#restart();
    else if (!this.#connected && this.#now >= this.#downUntil) this.#connect();
    for (let events = random.index(3); events > 0; events--) this.#event();
    const minute = Math.round((this.#now - this.#plan.from) / STEP_MS) / 3;
    if (minute % 2 === 0) this.#metrics();
    if (minute % 5 === 0 && minute > 0) for (const camera of CAMERAS) this.#traffic(camera);
    if (minute % 15 === 0 && minute > 0) this.#summary();
    if (minute % 60 === 0 && minute > 0) this.#report();
    if (happens(random, 0.003)) this.#alert();
    if (this.#connected) this.#drain();
  }

  #start(): void {
    this.#boot = word(this.#random, 8, '0123456789abcdefghijklmnopqrstuvwxyz');
    this.#connect();
  }

  #restart(): void {
    if (happens(this.#random, 0.5))
      this.#live('status', { online: false, bdSeq: this.#bdSeq, reason: 'stopped' }, 1, true);
    else this.#will();
    this.#connected = false;
    // every second time it is another start of the machine, and a new stream
    if (happens(this.#random, 0.5)) {
      this.#drainInto(this.#stream);
      this.#stream = word(this.#random, 12, '0123456789abcdef');
      this.#n = 0;
    }
    this.#now += MINUTE_MS;
    const earlier = [...this.#alerts.keys()];
    this.#alerts.clear();
    this.#start();
    // what an earlier run left is not known to hold
    for (const code of earlier) this.#clearAlert(code);
  }

  #clearAlert(code: string): void {
    this.#sendText(`alert/${code}`, '', 1, true);
    this.#nextSeq();
  }

  /** What waits in a stream that ends is told as given up. */
  #drainInto(ending: string): void {
    const waiting = this.#outbox.splice(0);
    if (waiting.length > 0) this.#giveUp(waiting);
    this.#dropped.push({ ended: ending, next: this.#n + 1 });
  }

  #giveUp(waiting: readonly Pending[]): void {
    // before the first one that is heard nothing is expected, and nothing given up
    if (this.#heard.has(waiting[0]!.stream)) this.#told += waiting.length;
    this.#dropped.push({
      stream: waiting[0]!.stream,
      kind: 'event',
      cause: 'queue-full',
      from: waiting[0]!.n,
      to: waiting.at(-1)!.n,
      count: waiting.length,
    });
  }

  #loseLink(): void {
    this.#will();
    this.#connected = false;
    this.#downUntil = this.#now + (2 + this.#random.index(30)) * MINUTE_MS;
  }

  #will(): void {
    const payload = { online: false, bdSeq: this.#bdSeq, ts: this.#clock(), boot: this.#boot };
    this.#arrive('status', payload, 1, true);
  }

  #connect(): void {
    this.#connected = true;
    this.#bdSeq++;
    this.#seq = 0;
    const { usual, ...runs } = this.#nature;
    const about = { ...runs, metrics: METRICS };
    this.#connection = { body: '', highest: 0, lost: [] };
    this.#connection.body = this.#live('status', { online: true, bdSeq: this.#bdSeq, ...about }, 1, true);
    this.#births.set(`${this.#bdSeq} ${this.#clock()}`, this.#connection);
    for (const [code, told] of this.#alerts)
      this.#sendText(`alert/${code}`, JSON.stringify({ seq: this.#nextSeq(), ...told }), 1, true, LEAST_WAY_MS);
    const values = Object.fromEntries([
      ...PASSING.map(({ name }) => [name, this.#random.index(20)]),
      ...NATURE_METRICS.map(([name]) => [name, valueNow(this.#nature, name, this.#noise)]),
    ]);
    this.#liveValues({ full: true, values });
    const waiting = this.#outbox.splice(0);
    // the oldest of a long outage go
    const tooMany = waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING));
    if (tooMany.length > 0) this.#giveUp(tooMany);
    for (const pending of waiting) this.#numbered(pending, true);
    if (waiting.length > 0 || this.#dropped.length > 0) this.#report();
  }

  #drain(): void {
    for (const pending of this.#outbox.splice(0)) this.#numbered(pending, false);
  }

  #event(): void {
    const camera = CAMERAS[this.#random.index(2)]!;
    const vehicle = { trackId: this.#random.index(10_000), class: happens(this.#random, 0.1) ? 'bus' : 'car' };
    const crossing = { kind: 'crossed', line: 'gate', direction: 'inbound', total: ++this.#crossed };
    this.#make(`event/${camera}`, { camera, ...crossing, capturedAt: this.#clock(), vehicle });
  }

  #traffic(camera: string): void {
    const from = this.#clock() - 5 * MINUTE_MS;
    const lines = { gate: { inbound: { car: 1 + this.#random.index(40) }, outbound: {} } };
    this.#make(`traffic/${camera}`, { camera, from, intervalS: 300, coverage: 1, lines, zones: {}, totals: {} });
  }

  #summary(): void {
    const from = this.#clock() - 15 * MINUTE_MS;
    const mean = Array.from({ length: 15 }, () => this.#random.index(10));
    this.#make('summary', { from, stepS: 60, steps: 15, metrics: { 'vehicles.north': { mean } } });
  }

  #metrics(): void {
    if (!this.#connected) return;
    const [name] = NATURE_METRICS[this.#noise.index(NATURE_METRICS.length)]!;
    const values = { 'vehicles.north': this.#random.index(20), [name]: valueNow(this.#nature, name, this.#noise) };
    this.#liveValues({ values });
  }

  #alert(): void {
    const code = happens(this.#random, 0.5) ? 'camera-lost' : 'cpu-high';
    if (!this.#connected) return;
    const holds = this.#alerts.has(code);
    const ts = this.#clock();
    const alert = { severity: 'warning', message: 'it is so', action: 'do something', since: ts };
    if (holds) {
      this.#alerts.delete(code);
      this.#clearAlert(code);
    } else {
      this.#alerts.set(code, { ts, boot: this.#boot, code, ...alert });
      this.#live(`alert/${code}`, { code, ...alert }, 1, true);
    }
    this.#make(`alert/${code}/log`, { code, at: ts, kind: holds ? 'cleared' : 'raised', alert });
  }

  #report(): void {
    if (!this.#connected) return;
    this.#drain();
    const ended = this.#dropped.filter((one) => 'ended' in one);
    const dropped = this.#dropped.filter((one) => !('ended' in one));
    this.#dropped = [];
    const next = this.#n + 1;
    const streams = [
      ...ended.map((one) => ({
        stream: one['ended'],
        low: one['next'],
        next: one['next'],
        ended: 'machine-restarted',
      })),
      { stream: this.#stream, low: next, next },
    ];
    this.#make('report/delivery', { streams, dropped });
    const report = this.#outbox.pop()!;
    this.#numbered(report, false, false);
  }

  #make(topic: string, body: Record<string, unknown>): void {
    this.#outbox.push({
      topic,
      body: { ts: this.#clock(), boot: this.#boot, ...body },
      n: ++this.#n,
      stream: this.#stream,
      madeAt: this.#now,
    });
  }

  /** @param mayFail whether it may be lost or doubled */
  #numbered({ topic, body, n, stream, madeAt }: Pending, historical: boolean, mayFail = true): void {
    const { doubles = 0.02, losses = 0.001 } = this.#plan;
    const numbered = (): Record<string, unknown> => {
      return { seq: this.#nextSeq(), stream, n, ...body, ...(historical && { historical: true }) };
    };
    const retain = topic.startsWith('report/');
    // before the first one that is heard nothing is expected
    if (mayFail && n > FIRST_HEARD && this.#heard.has(stream) && happens(this.#random, losses)) {
      this.#lost++;
      this.#connection.lost.push(this.#seq++);
      return;
    }
    const first = numbered();
    const table = TABLES[topic.split('/')[0]!]!;
    this.#heard.add(stream);
    this.#arrived.set(`${stream} ${n}`, { table, madeAt, body: JSON.stringify(first) });
    this.#arrive(topic, first, 1, retain);
    if (!mayFail || !happens(this.#random, doubles)) return;
    // by the broker, or by the device, whose number in the connection is another one then
    this.#arrive(topic, happens(this.#random, 0.5) ? first : numbered(), 1, retain);
  }

  #liveValues(body: Record<string, unknown>): void {
    const ts = this.#clock();
    const seq = this.#seq;
    this.#values.set(`${ts} ${seq}`, this.#live('metrics', body, 0));
  }

  /** @returns the payload */
  #live(topic: string, body: Record<string, unknown>, qos: 0 | 1, retain = false): string {
    return this.#arrive(topic, { seq: this.#nextSeq(), ts: this.#clock(), boot: this.#boot, ...body }, qos, retain);
  }

  /** Of a message that arrives. */
  #nextSeq(): number {
    this.#connection.highest = this.#seq;
    return this.#seq++;
  }

  #arrive(topic: string, body: unknown, qos: 0 | 1, retain: boolean): string {
    const payload = JSON.stringify(body);
    this.#sendText(topic, payload, qos, retain);
    return payload;
  }

  /** @param wayMs nothing overtakes */
  #sendText(
    topic: string,
    payload: string,
    qos: 0 | 1,
    retain: boolean,
    wayMs = LEAST_WAY_MS + this.#random.index(200),
  ): void {
    const { site, device } = this.#plan;
    this.#lastAt = Math.max(this.#lastAt, this.#now + wayMs);
    this.#sent.push({ at: this.#lastAt, topic: `edge/v1/${site}/${device}/${topic}`, payload, qos, retain });
  }

  /** Unix ms, as it believes. */
  #clock(): number {
    return this.#now + this.#clockErrorMs;
  }
}

const happens = (random: Random, probability: number): boolean => random.next() < probability;

const word = (random: Random, length: number, letters: string): string =>
  Array.from({ length }, () => letters[random.index(letters.length)]).join('');
