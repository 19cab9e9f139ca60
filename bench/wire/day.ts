import { setImmediate } from 'node:timers/promises';
import { type Config, configSchema } from '../../src/config/config.js';
import { TrafficCounter } from '../../src/events/traffic/traffic-counter.js';
import { trafficPayload } from '../../src/events/traffic/traffic-message.js';
import type { VehicleEvent } from '../../src/events/vehicle-events.js';
import { scopeOf } from '../../src/foundation/scope.js';
import { declarations } from '../../src/runtime/declarations.js';
import { Random } from '../../src/simulator/random.js';
import { deadBandOf, isNews } from '../../src/telemetry/metrics/dead-bands.js';
import { brokerAddress } from '../../src/telemetry/mqtt/broker-address.js';
import { EventChoice } from '../../src/telemetry/mqtt/event-choice.js';
import type { MetricValues } from '../../src/telemetry/mqtt/messages/metrics.js';
import { Publisher } from '../../src/telemetry/mqtt/publisher.js';
import type { WireBroker } from './wire-broker.js';

export const CAMERA = {
  id: 'north',
  url: 'sim://road?traffic=mixed&seed=7',
  lines: [{ id: 'gate', from: [0, 0.6], to: [1, 0.6], left: 'away', right: 'near' }],
  zones: [
    {
      id: 'junction',
      polygon: [
        [0.2, 0.5],
        [0.8, 0.5],
        [0.8, 0.9],
        [0.2, 0.9],
      ],
    },
  ],
};

/** 0:00 of some day, Unix ms. */
const MIDNIGHT = 1_700_006_400_000;
const DAY_S = 86_400;
/** Share of the day's vehicles in each hour of a working day, of a road into a town. */
const HOURS = [
  0.6, 0.4, 0.3, 0.4, 0.9, 2.4, 5.2, 7.4, 6.9, 5.4, 5.0, 5.2, 5.5, 5.6, 6.0, 6.8, 7.7, 7.9, 6.2, 4.4, 3.3, 2.7, 2.2,
  1.6,
];
const CLASSES: readonly (readonly [string, number])[] = [
  ['car', 0.86],
  ['truck', 0.94],
  ['bus', 0.96],
  ['motorcycle', 1],
];
/** Messages that may be on their way before the day waits for the broker. */
const MOST_WAITING = 200;
/** So long it waits for a broker on the same machine. */
const PATIENCE_MS = 30_000;
/** A broker on the same machine that has taken nothing for so long is given no more before the time of the day goes on. */
const PACED_MS = 500;

/** A day of one camera, as fast as the broker takes it. @param snapshots of all metrics, one for each minute, again and again */
export class WireDay {
  readonly #config: Config['publish'];
  readonly #publisher: Publisher;
  readonly #counter: TrafficCounter;
  readonly #choice: EventChoice;
  readonly #snapshots: readonly MetricValues[];
  readonly #random = new Random(1);
  readonly #rows = new Map(declarations().metrics.map((row) => [row.name, row]));
  #nowS = 0;
  #leftOut = 0;
  #told = 0;

  constructor(broker: WireBroker, snapshots: readonly MetricValues[]) {
    const config = configSchema.parse({ cameras: [CAMERA], mqtt: { broker: broker.url, queueMessages: 10_000 } });
    const rows = this.#rows;
    const metrics = Object.keys(snapshots[0]!).map((name) => ({
      name,
      unit: rows.get(name.split('.')[0]!)?.unit ?? '',
    }));
    this.#config = config.publish;
    this.#snapshots = snapshots;
    this.#publisher = new Publisher({
      scope: scopeOf({ site: 'demo', device: 'cabinet7' }),
      address: brokerAddress(config.mqtt),
      mqtt: config.mqtt,
      publish: config.publish,
      birth: { version: '0.1.0', model: 'roadside-n', variant: 'int8-fused-416x256', provider: 'cpu', metrics },
      isNews: (name, value, told) => isNews(value, told, deadBandOf(name, rows.get(name.split('.')[0]!)!, {})),
      now: () => MIDNIGHT + this.#nowS * 1000,
      clock: () => this.#nowS * 1000,
    });
    this.#choice = new EventChoice({ publish: config.publish, kindsOf: () => undefined });
    this.#counter = new TrafficCounter({
      camera: config.cameras[0]!,
      intervalS: config.publish.trafficIntervalMin * 60,
      now: MIDNIGHT,
      partsOf: () => 0,
      closed: (interval) => this.#publisher.traffic(CAMERA.id, trafficPayload(interval, this.#counter.totals)),
    });
  }

  /** @param vehicles that pass in the day @returns events told and left out */
  async pass(vehicles: number): Promise<{ told: number; leftOut: number }> {
    this.#publisher.start();
    await this.#until('connected', () => this.#publisher.state().phase === 'connected');
    for (; this.#nowS < DAY_S; this.#nowS++) {
      this.#second((vehicles * HOURS[Math.floor(this.#nowS / 3600)]!) / 100 / 3600);
      if (this.#publisher.state().queued > MOST_WAITING) {
        await this.#taken();
      }
    }
    await this.#publisher.stop();
    return { told: this.#told, leftOut: this.#leftOut };
  }

  /** Until the broker has taken most of what waits, or takes no more of it: what is paced waits for the time of the day to go on. */
  async #taken(): Promise<void> {
    let least = Number.POSITIVE_INFINITY;
    let lastTaken = performance.now();
    for (;;) {
      const { queued } = this.#publisher.state();
      if (queued <= MOST_WAITING || performance.now() - lastTaken > PACED_MS) return;
      if (queued < least) [least, lastTaken] = [queued, performance.now()];
      await setImmediate();
    }
  }

  /** @throws Error where it does not come about: a benchmark that waits for ever tells nothing */
  async #until(what: string, holds: () => boolean): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!holds()) {
      if (performance.now() > deadline) {
        const { phase, queued } = this.#publisher.state();
        throw new Error(`not ${what} within ${PATIENCE_MS / 1000} s: ${phase}, ${queued} messages wait`);
      }
      await setImmediate();
    }
  }

  #second(perSecond: number): void {
    const { metricsFullIntervalMs, metricsIntervalMs, summaryMinutes } = this.#config;
    const s = this.#nowS;
    const now = MIDNIGHT + s * 1000;
    this.#counter.answered(now, s * 1000, true, [['junction', 2]]);
    for (let due = perSecond; due > 0; due--) if (this.#random.next() < due) this.#vehicle();
    if (s % (metricsFullIntervalMs / 1000) === 0) this.#publisher.allMetrics(this.#snapshotAt(Math.floor(s / 60)));
    if (s % (metricsIntervalMs / 1000) === 0) this.#publisher.metrics(this.#snapshotAt(Math.floor(s / 60)));
    if (s % 3600 === 0) this.#publisher.report('accuracy', accuracy());
    if (s % (summaryMinutes * 60) === 0) this.#publisher.summary(this.#summary(now));
  }

  /** What was read again and again, with counters that go on. */
  #snapshotAt(minute: number): MetricValues {
    const [first, last] = [this.#snapshots[0]!, this.#snapshots.at(-1)!];
    const round = Math.floor(minute / this.#snapshots.length);
    const values = { ...this.#snapshots[minute % this.#snapshots.length]! };
    for (const [name, value] of Object.entries(values)) {
      const [from, to] = [first[name], last[name]];
      if (this.#rows.get(name.split('.')[0]!)?.type !== 'counter') continue;
      if (typeof value !== 'number' || typeof from !== 'number' || typeof to !== 'number') continue;
      values[name] = value + round * (to - from);
    }
    return values;
  }

  /** One crosses, and as a rule comes into the zone and goes out of it. */
  #vehicle(): void {
    const draw = this.#random.next();
    const vehicleClass = CLASSES.find(([, upTo]) => draw < upTo)![0];
    const vehicle = {
      trackId: this.#told + this.#leftOut,
      class: vehicleClass,
      score: 0.8,
      box: [1, 2, 3, 4] as const,
    };
    const direction = this.#random.next() < 0.5 ? 'away' : 'near';
    this.#event({ kind: 'entered', vehicle, zone: 'junction', occupancy: 2 } as never);
    this.#event({ kind: 'crossed', vehicle, line: 'gate', direction, total: 1 } as never);
    this.#event({ kind: 'exited', vehicle, zone: 'junction', occupancy: 1, stayedMs: 4200 } as never);
    if (this.#random.next() < 0.1) this.#event({ kind: 'stopped', vehicle, stoodMs: 3000 } as never);
  }

  #event(event: VehicleEvent): void {
    this.#counter.count(event);
    const total =
      event.kind === 'crossed' ? { total: this.#counter.totals.sum('crossed', event.line, event.direction) } : {};
    const payload = { ...event, ...total, capturedAt: MIDNIGHT + this.#nowS * 1000 } as never;
    const isTold = this.#choice.tell(CAMERA.id, payload, (...told) => this.#publisher.eventWithin(...told));
    if (isTold) this.#told++;
    else {
      this.#leftOut++;
      this.#counter.leaveOut();
    }
  }

  /** As many columns as the configuration's metrics give, of numbers as long as theirs. */
  #summary(from: number) {
    const { summaryMetrics, summaryColumns, summaryMinutes } = this.#config;
    const column = () =>
      Array.from({ length: summaryMinutes }, () => Number((this.#random.next() * 100).toPrecision(4)));
    const metrics = summaryMetrics.map((metric) => [
      metric.startsWith('machine') ? metric : `${metric}.${CAMERA.id}`,
      Object.fromEntries(summaryColumns.map((name) => [name, column()])),
    ]);
    return { from, stepS: 60, steps: summaryMinutes, metrics: Object.fromEntries(metrics) };
  }
}

const accuracy = () => ({
  cameras: [
    {
      camera: CAMERA.id,
      hours: Array.from({ length: 24 }, (_, hour) => ({
        hour,
        audits: 312.4211,
        f1: 0.9772,
        propagationF1: 0.9751,
        wrongReuseRatio: 0.0087,
      })),
    },
  ],
});
