import { relative } from 'node:path';
import type { Machine } from './machine.js';
import { type Missing, QUANTITIES, type Quantity, type SensorReading } from './sensors/sensor.js';
import { THROTTLE_CAUSES, type Throttling } from './throttling.js';

/** What readings are about, what matters most first. */
export const AREAS = ['heat', 'power', 'throttling', 'accelerators', 'processor', 'memory', 'fans'] as const;
export type Area = (typeof AREAS)[number];

/** One reading of the machine, with all that is known of it. */
export interface ReportedReading {
  readonly area: Area;
  /** `load`, `temperature`, `slowed down at`. */
  readonly what: string;
  /** Whose it is; empty for the machine as a whole. */
  readonly name: string;
  readonly value: number | null;
  /** `%`, `°C`, `MHz`, `bytes`, `W`, `V`, `A`, `rpm`, `times`; empty for a flag (1 or 0) and a plain number. */
  readonly unit: string;
  /** A path, or the program that tells. */
  readonly source: string;
  /** Why there is no value; null where there is one, and where nobody knows (yet). */
  readonly missing: Missing | null;
}

/** How a machine is now. */
export interface MachineReport {
  /** In which mode it runs, as far as somebody may choose it. */
  readonly powerMode: string | null;
  /** °C of the warmest part, and what that would be when the first part is slowed down by heat. */
  readonly temperature: number | null;
  readonly throttleAt: number | null;
  /** W of the whole board, or of as much of it as can be measured, and the rails that it is the sum of. */
  readonly watts: number | null;
  readonly wattsOf: readonly string[];
  /** By cause: whether it is held back now; null where nothing tells. */
  readonly throttling: Throttling;
  readonly readings: readonly ReportedReading[];
  /** What keeps a whole source from telling anything. */
  readonly problems: readonly string[];
}

const WORDS: Readonly<Record<Quantity, readonly [area: Area, what: string, unit: string]>> = {
  temperature: ['heat', 'temperature', '°C'],
  'throttle-at': ['heat', 'slowed down at', '°C'],
  clock: ['processor', 'clock', 'MHz'],
  'clock-limit': ['processor', 'clock may be', 'MHz'],
  'firmware-clock': ['processor', 'clock by the firmware', 'MHz'],
  load: ['accelerators', 'load', '%'],
  'accelerator-clock': ['accelerators', 'clock', 'MHz'],
  memory: ['accelerators', 'memory used', 'bytes'],
  'memory-total': ['accelerators', 'memory', 'bytes'],
  'bus-load': ['memory', 'load of the bus', '%'],
  'bus-clock': ['memory', 'clock of the bus', 'MHz'],
  'rail-voltage': ['power', 'voltage', 'V'],
  'rail-current': ['power', 'current', 'A'],
  'rail-power': ['power', 'power', 'W'],
  fan: ['fans', 'speed', 'rpm'],
  'fan-duty': ['fans', 'driven with', '%'],
  heat: ['throttling', 'heat', ''],
  power: ['throttling', 'power', ''],
  current: ['throttling', 'current', ''],
  'heat-count': ['throttling', 'heat', 'times'],
  'power-count': ['throttling', 'power', 'times'],
  'current-count': ['throttling', 'current', 'times'],
};

/** @param root that the machine is read from, for paths as they are on the machine itself */
export function reportOf(machine: Machine, root: string): MachineReport {
  const { power, throttling, powerMode, nvidia } = machine;
  const readings = [
    ...processorReadings(machine),
    ...memoryReadings(machine),
    ...QUANTITIES.flatMap((quantity) => [...machine.sensors.of(quantity)].map((reading) => reported(reading, root))),
    ...productsOf(machine, root),
    ...quotaReadings(machine),
  ];
  return {
    powerMode: powerMode.mode,
    temperature: machine.temperature,
    throttleAt: machine.throttleAt,
    watts: machine.watts,
    wattsOf: power.summed.map(({ name }) => name),
    throttling: throttling.now,
    readings: AREAS.flatMap((area) => readings.filter((reading) => reading.area === area)),
    problems: nvidia.problem === null ? [] : [nvidia.problem],
  };
}

function reported({ quantity, name, value, missing, source }: SensorReading, root: string): ReportedReading {
  const [area, what, unit] = WORDS[quantity];
  return { area, what, name, value, unit, source: pathOf(source, root), missing };
}

/** Rails that tell voltage and current have their power by multiplying. */
function productsOf({ power, sensors }: Machine, root: string): ReportedReading[] {
  const sources = new Map([...sensors.of('rail-voltage')].map(({ name, source }) => [name, source]));
  return power.rails.flatMap(({ name, watts, missing }): ReportedReading[] => {
    const source = sources.get(name);
    if (source === undefined) return [];
    return [{ area: 'power', what: 'power', name, value: watts, unit: 'W', source: pathOf(source, root), missing }];
  });
}

function processorReadings({ processor }: Machine): ReportedReading[] {
  const busy = (name: string, value: number | null): ReportedReading => ({
    area: 'processor',
    what: 'busy',
    name,
    value,
    unit: '%',
    source: '/proc/stat',
    missing: null,
  });
  return [
    busy('', processor.total?.busy ?? null),
    ...processor.cores.map((time, core) => busy(`cpu${core}`, time?.busy ?? null)),
  ];
}

function memoryReadings({ memory }: Machine): ReportedReading[] {
  const reading = (what: string, value: number | null): ReportedReading => ({
    area: 'memory',
    what,
    name: '',
    value,
    unit: 'bytes',
    source: '/proc/meminfo',
    missing: null,
  });
  return [reading('to be had', memory.memory?.available ?? null), reading('all', memory.memory?.total ?? null)];
}

function quotaReadings({ quota }: Machine): ReportedReading[] {
  if (quota.cores === null) return [];
  const reading = (what: string, value: number | null, unit: string): ReportedReading => ({
    area: 'throttling',
    what,
    name: 'control group',
    value,
    unit,
    source: '/proc/self/cgroup',
    missing: null,
  });
  return [reading('cores allowed', quota.cores, ''), reading('stopped', quota.stoppedPercent, '%')];
}

/** What holds the machine back now. */
export function causesOf(throttling: Throttling): string[] {
  return THROTTLE_CAUSES.filter((cause) => throttling[cause]);
}

function pathOf(source: string, root: string): string {
  return source.startsWith('/') ? `/${relative(root, source)}` : source;
}
