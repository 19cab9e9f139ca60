import type { MinuteReading } from '../../src/telemetry/alerts/adaptive/adaptive-alerts.js';

/** What goes wrong with a device. */
export const FAULT_KINDS = ['slowed worker', 'leak', 'lost camera', 'hot device'] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that went wrong, in minutes since the start. */
export interface Fault {
  readonly kind: FaultKind;
  readonly from: number;
  readonly to: number;
  /** How bad it is, 0 (the least that is called a fault) to 1. */
  readonly severity: number;
  readonly camera: number;
}

export const MINUTES_A_DAY = 1440;
const CAMERAS = ['north', 'south', 'east', 'west'];
const MEBIBYTE = 2 ** 20;
/** Minutes that each kind lasts, at least and at most. */
const LASTS: Readonly<Record<FaultKind, readonly [number, number]>> = {
  'slowed worker': [30, 240],
  leak: [240, 720],
  'lost camera': [20, 240],
  'hot device': [60, 240],
};

/** One fault a day at a random time, the kinds in turn. @param random 0..1 */
export function faultsOf(firstDay: number, days: number, random: () => number): Fault[] {
  return Array.from({ length: days }, (_, day) => {
    const kind = FAULT_KINDS[day % FAULT_KINDS.length]!;
    const [least, most] = LASTS[kind];
    const length = Math.round(least + random() * (most - least));
    const from = (firstDay + day) * MINUTES_A_DAY + Math.floor(random() * (MINUTES_A_DAY - length - 120));
    return { kind, from, to: from + length, severity: random(), camera: Math.floor(random() * CAMERAS.length) };
  });
}

/** A value that wanders around 0, as what nobody thought of does. */
class Wander {
  #at = 0;

  constructor(
    readonly normal: () => number,
    readonly size: number,
    /** Minutes that it remembers. */
    readonly memory: number,
  ) {}

  next(): number {
    const keep = Math.exp(-1 / this.memory);
    this.#at = keep * this.#at + Math.sqrt(1 - keep * keep) * this.size * this.normal();
    return this.#at;
  }
}

/**
 * The metrics of a device with four cameras, minute by minute: they follow the traffic, the weather in the cabinet and chance; with hiccups
 * of the network, pauses and a nightly job, all of which are no faults.
 *
 * @param load traffic of an hour since the start, 0..1
 * @param random 0..1
 */
export function* deviceMinutes(
  minutes: number,
  load: (hour: number) => number,
  faults: readonly Fault[],
  random: () => number,
): Generator<MinuteReading[]> {
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const weather = new Wander(normal, 3, 2 * MINUTES_A_DAY);
  const traffic = CAMERAS.map(() => new Wander(normal, 0.08, 20));
  const memory = new Wander(normal, 4, 300);
  let leaked = 0;
  let heat = 0;
  let queued = 0;
  for (let minute = 0; minute < minutes; minute++) {
    const now = (kind: FaultKind) => faults.find((one) => one.kind === kind && minute >= one.from && minute < one.to);
    const hour = minute / 60;
    const share = hour - Math.floor(hour);
    const base = load(Math.floor(hour)) * (1 - share) + load(Math.floor(hour) + 1) * share;
    const busy = traffic.map((wander) => Math.max(0, base + wander.next()));
    const total = busy.reduce((sum, one) => sum + one, 0) / CAMERAS.length;
    const hot = now('hot device');
    heat += ((hot ? 10 + 12 * hot.severity : 0) - heat) / 12;
    const slow = now('slowed worker');
    const slowness = (slow ? 1.4 + 1.6 * slow.severity : 1) * (1 + Math.max(0, heat - 8) / 40);
    const leak = now('leak');
    leaked = leak ? leaked + (20 + 100 * leak.severity) / 60 : 0;
    const isNightly = minute % MINUTES_A_DAY >= 200 && minute % MINUTES_A_DAY < 215;
    const cpu = 18 + 38 * total * slowness + (isNightly ? 20 : 0) + 2 * normal();
    const infer = 9 * slowness * (1 + 0.03 * normal() + (isNightly ? 0.15 : 0));
    const outside = weather.next() + 5 * Math.sin((2 * Math.PI * (hour - 9)) / 24);
    const isAway = random() < 0.0005;
    queued = isAway ? 300 * random() : queued * 0.2;
    const readings: MinuteReading[] = [
      { name: 'stage_p95.infer', unit: 'ms', value: infer },
      { name: 'machine_cpu', unit: '%', value: Math.min(100, cpu) },
      { name: 'machine_temperature', unit: '°C', value: 44 + outside + 0.25 * cpu + heat + 0.4 * normal() },
      { name: 'machine_memory', unit: '%', value: 35 + 0.05 * memory.next() + leaked / 40 + 0.2 * normal() },
      { name: 'resident_memory.main', unit: 'bytes', value: (210 + memory.next() + 2 * normal()) * MEBIBYTE },
      { name: 'resident_memory.worker-0', unit: 'bytes', value: (340 + leaked + 2 * normal()) * MEBIBYTE },
      { name: 'event_loop_delay_p99', unit: 'ms', value: 4 * Math.exp(0.25 * normal()) + (random() < 0.002 ? 40 : 0) },
      { name: 'mqtt_queued', unit: 'messages', value: Math.round(queued) },
      { name: 'worker_restarts.crashed', unit: '/s', value: random() < 0.0003 ? 1 / 60 : 0 },
    ];
    for (const [i, camera] of CAMERAS.entries()) {
      const lost = now('lost camera');
      const isLost = lost?.camera === i;
      const hiccup = random() < 0.001 ? 60 + 300 * random() : 0;
      const inferred = isLost ? 0 : 1.5 + 6 * busy[i]! * Math.exp(0.1 * normal());
      const waiting = infer * (1 + 1.5 * total * slowness) + 22 + hiccup;
      readings.push(
        { name: `fps_captured.${camera}`, unit: 'frames/s', value: isLost ? 0 : 25 + 0.15 * normal() - hiccup / 60 },
        { name: `fps_inferred.${camera}`, unit: 'frames/s', value: inferred },
        { name: `frames_dropped.${camera}.stale`, unit: 'frames/s', value: random() < 0.002 ? 0.3 * random() : 0 },
        { name: `estimated_f1.${camera}`, unit: '', value: 0.965 - 0.015 * busy[i]! + 0.003 * normal() },
      );
      if (!isLost) {
        readings.push({ name: `latency_p95.${camera}`, unit: 'ms', value: waiting * Math.exp(0.06 * normal()) });
      }
    }
    yield readings;
  }
}
