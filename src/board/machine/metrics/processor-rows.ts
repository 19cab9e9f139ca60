import { type MetricRow, type Reading, single } from '../../../foundation/metric-row.js';
import type { Machine } from '../machine.js';
import { RESOURCES } from '../pressure-reader.js';
import type { ProcessorTime } from '../processor-reader.js';

const MODES = ['user', 'system', 'iowait', 'steal'] as const satisfies readonly (keyof ProcessorTime)[];

/** Processor, what tasks wait for, and what control groups allow. */
export function processorRows({ processor, pressure, quota }: Machine): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'machine_cpu',
      unit: '%',
      labels: [],
      step: 1,
      help: 'Share of the time of all cores together that was neither idle nor waiting for a disk, over the last second.',
      read: () => single(processor.total?.busy ?? null),
    },
    {
      type: 'gauge',
      name: 'machine_cpu_mode',
      unit: '%',
      labels: ['mode'],
      step: 1,
      mqtt: false,
      help: 'The same by what it was spent on: user, system (interrupts in it), iowait (idle, while something waits for a disk), steal (a hypervisor ran somebody else).',
      *read() {
        for (const mode of MODES) yield [[mode], processor.total?.[mode] ?? null];
      },
    },
    {
      type: 'gauge',
      name: 'machine_cpu_core',
      unit: '%',
      labels: ['core'],
      step: 1,
      mqtt: false,
      help: 'As machine_cpu, of each core; one that is switched off has no reading.',
      *read() {
        for (const [core, time] of processor.cores.entries()) yield [[String(core)], time?.busy ?? null];
      },
    },
    {
      type: 'gauge',
      name: 'machine_load',
      unit: '',
      labels: ['minutes'],
      step: 0.01,
      mqtt: false,
      help: 'Tasks that run, wait for a core or for a disk, on average over 1, 5 and 15 minutes.',
      *read(): Iterable<Reading<number>> {
        yield [['1'], processor.load?.[0] ?? null];
        yield [['5'], processor.load?.[1] ?? null];
        yield [['15'], processor.load?.[2] ?? null];
      },
    },
    {
      type: 'gauge',
      name: 'machine_pressure',
      unit: '%',
      labels: ['resource'],
      step: 1,
      help: 'Share of the last 10 s in which at least one task waited for cpu, memory or io (pressure stall information); no reading where the kernel does not tell.',
      *read() {
        for (const resource of RESOURCES) yield [[resource], pressure.pressure[resource].some];
      },
    },
    {
      type: 'gauge',
      name: 'machine_pressure_full',
      unit: '%',
      labels: ['resource'],
      step: 1,
      mqtt: false,
      help: 'The same, in which all tasks waited at once.',
      *read() {
        for (const resource of RESOURCES) yield [[resource], pressure.pressure[resource].full];
      },
    },
    {
      type: 'gauge',
      name: 'machine_cpu_quota',
      unit: 'cores',
      labels: [],
      step: 0.01,
      mqtt: false,
      help: "Cores' worth of time that control groups allow; no reading where none limits it.",
      read: () => single(quota.cores),
    },
    {
      type: 'gauge',
      name: 'machine_cpu_quota_stopped',
      unit: '%',
      labels: [],
      step: 1,
      mqtt: false,
      help: "Share of the quota's periods over the last second in which the program was stopped, having used it up.",
      read: () => single(quota.stoppedPercent),
    },
    {
      type: 'counter',
      name: 'machine_cpu_quota_stopped_time',
      unit: 'ms',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Time for which the program was stopped for that, since it started.',
      read: () => single(quota.stoppedMs),
    },
  ];
}
