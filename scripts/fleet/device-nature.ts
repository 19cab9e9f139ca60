import type { Random } from '../../src/simulator/random.js';

/** What a device of a simulated fleet runs, and what it measures when nothing happens. */
export interface DeviceNature {
  readonly version: string;
  readonly model: string;
  readonly variant: string;
  readonly provider: string;
  /** By metric; `vehicles` is what passes. */
  readonly usual: Readonly<Record<string, number>>;
}

/** A kind of board: nine in ten are of the first. */
const KINDS = [
  { variant: 'int8-fused-416x256', provider: 'cpu', latency: 42, power: 6.5, temperature: 51, cpu: 38 },
  { variant: 'fp16-640x384', provider: 'tensorrt', latency: 18, power: 11, temperature: 57, cpu: 22 },
] as const;

export const NATURE_METRICS: readonly (readonly [name: string, unit: string])[] = [
  ['fps_captured.north', 'frames/s'],
  ['fps_captured.south', 'frames/s'],
  ['estimated_f1.north', ''],
  ['estimated_f1.south', ''],
  ['without_inference.north', ''],
  ['latency_p95.north', 'ms'],
  ['machine_temperature', '°C'],
  ['machine_cpu', '%'],
  ['machine_memory', '%'],
  ['machine_power', 'W'],
  ['energy', 'Wh'],
  ['uptime', 's'],
];

/** Devices of a kind resemble one another; of a hundred, three do not: one is hot, one answers badly, one is slow. */
export function natureOf(random: Random): DeviceNature {
  const kind = KINDS[random.index(10) === 0 ? 1 : 0];
  const odd = random.index(100);
  const about = (value: number, spread: number): number => round(value + (random.next() * 2 - 1) * spread);
  const f1 = odd === 1 ? 0.78 : 0.955;
  return {
    version: random.index(5) === 0 ? '0.2.0' : '0.1.0',
    model: 'roadside-n',
    variant: kind.variant,
    provider: kind.provider,
    usual: {
      'fps_captured.north': about(15, 0.2),
      'fps_captured.south': about(15, 0.2),
      'estimated_f1.north': about(f1, 0.015),
      'estimated_f1.south': about(f1, 0.015),
      'without_inference.north': about(0.86, 0.03),
      'latency_p95.north': about(kind.latency * (odd === 2 ? 4 : 1), 3),
      machine_temperature: about(kind.temperature + (odd === 0 ? 22 : 0), 3),
      machine_cpu: about(kind.cpu, 5),
      machine_memory: about(44, 4),
      machine_power: about(kind.power, 0.4),
      energy: about(120, 60),
      uptime: 86_400,
    },
  };
}

/** A value as it is now. */
export const valueNow = ({ usual }: DeviceNature, name: string, random: Random): number =>
  round(usual[name]! * (0.98 + random.next() * 0.04));

const round = (value: number): number => Math.round(value * 1000) / 1000;
