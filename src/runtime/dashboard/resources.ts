import { reportOf } from '../../board/machine/report.js';
import { THROTTLE_CAUSES } from '../../board/machine/throttling.js';
import type { ResourcesPort, ResourcesReply } from '../../dashboard/api/resources.js';
import { headrooms } from '../../dashboard/measures/headroom.js';
import { quantile } from '../../foundation/statistics.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';
import type { DeviceMachine } from '../machine/device-machine.js';

/** What tells of the machine and its past. */
export interface ResourcesSources {
  readonly machine: Pick<DeviceMachine, 'machine' | 'identity'>;
  readonly processes: Pick<ProcessMetrics, 'uses'>;
  readonly reader: KeptSeries;
  /** Unix ms. */
  readonly now: () => number;
}

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A sensor is a line of the reply. */
const MOST_SENSORS = 200;

/** What the page about resources is made of: readings as they are now, head-room by the last hour. */
export function resourcesPort(sources: ResourcesSources): ResourcesPort {
  return { resources: () => resourcesOf(sources) };
}

function resourcesOf({ machine: device, processes, reader, now }: ResourcesSources): ResourcesReply {
  const { machine, identity } = device;
  const { powerMode, temperature, throttleAt, watts, wattsOf, throttling, readings, problems } = reportOf(machine, '/');
  const told = THROTTLE_CAUSES.filter((cause) => throttling[cause] !== null);
  const { memory } = machine.memory;
  const at = now();
  const lately = (metric: string, factor = 1): number | null => p95Of(reader, metric, at, factor);
  const used = memory === null ? null : 100 * (1 - memory.available / memory.total);
  return {
    at,
    machine: identity,
    powerMode,
    cores: machine.processor.cores.map((core) => core?.busy ?? null),
    allowedCores: machine.quota.cores,
    memory: memory === null ? null : { available: memory.available, total: memory.total },
    temperature,
    throttleAt,
    watts,
    wattsOf: [...wattsOf],
    throttledBy: told.length === 0 ? null : told.filter((cause) => throttling[cause]),
    untoldThrottles: THROTTLE_CAUSES.filter((cause) => throttling[cause] === null),
    headroom: headrooms({
      processor: lately('machine_cpu') ?? machine.processor.total?.busy ?? null,
      workers: lately('tune_utilisation', 100),
      memory: lately('machine_memory') ?? used,
      swap: lately('machine_swap'),
      disk: machine.diskSpace.space.get('store')?.usedPercent ?? null,
      temperature: lately('machine_temperature') ?? temperature,
      throttleAt,
      wear: largest(machine.disks.wear.values()),
    }),
    processes: [...processes.uses].map(([name, use]) => ({
      name,
      cpu: use.cpuPercent,
      bytes: use.residentBytes,
      proportionalBytes: use.proportionalBytes,
      threads: use.threads,
      openFiles: use.openFiles,
    })),
    sensors: readings.slice(0, MOST_SENSORS).map((reading) => ({ ...reading })),
    problems: [...problems],
  };
}

/** What a metric did not exceed in 95 % of the last hour's minutes; null where nothing is kept of it. */
function p95Of(reader: KeptSeries, metric: string, now: number, factor: number): number | null {
  const answers = reader.query({ metric, from: now - HOUR_MS, to: now, stepMs: MINUTE_MS });
  const value = quantile(
    answers.flatMap(({ points }) => points.map(({ mean }) => mean)),
    0.95,
  );
  return value === null ? null : value * factor;
}

function largest(values: Iterable<number>): number | null {
  const all = [...values];
  return all.length === 0 ? null : Math.max(...all);
}
