import { type MetricRow, type Reading, single } from '../../foundation/metric-row.js';
import type { Machine } from './machine.js';
import type { ProcessorTime } from './processor-reader.js';

/*
 * What MQTT carries of the machine is the short list that an operator looks at; the rest has `mqtt: false`, since each core
 * and each interface would be a name more in every birth message.
 */

const PERCENT = 1;
const MEBIBYTE = 2 ** 20;
const MODES = ['user', 'system', 'iowait', 'steal'] as const satisfies readonly (keyof ProcessorTime)[];

/** The rows of the machine that the program runs on. */
export function machineMetrics(machine: Machine): readonly MetricRow[] {
  return [...processorRows(machine), ...memoryRows(machine)];
}

function processorRows({ processor }: Machine): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'machine_cpu',
      unit: '%',
      labels: [],
      step: PERCENT,
      help: 'Share of the time of all cores together that was neither idle nor waiting for a disk, over the last second.',
      read: () => single(processor.total?.busy ?? null),
    },
    {
      type: 'gauge',
      name: 'machine_cpu_mode',
      unit: '%',
      labels: ['mode'],
      step: PERCENT,
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
      step: PERCENT,
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
  ];
}

function memoryRows({ memory }: Machine): readonly MetricRow[] {
  const used = (): number | null => {
    if (memory.memory === null) return null;
    const { total, available } = memory.memory;
    return 100 * (1 - available / total);
  };
  return [
    {
      type: 'gauge',
      name: 'machine_memory',
      unit: '%',
      labels: [],
      step: PERCENT,
      help: 'Share of the memory that is not available: of the machine, or of what a control group allows where that binds.',
      read: () => single(used()),
    },
    {
      type: 'gauge',
      name: 'machine_memory_available',
      unit: 'bytes',
      labels: [],
      step: MEBIBYTE,
      mqtt: false,
      help: 'Memory that can be had without swapping, of the machine or within the control group, whichever is less.',
      read: () => single(memory.memory?.available ?? null),
    },
    {
      type: 'gauge',
      name: 'machine_memory_total',
      unit: 'bytes',
      labels: [],
      step: MEBIBYTE,
      mqtt: false,
      help: 'Memory that the machine has, or that a control group allows where that is less.',
      read: () => single(memory.memory?.total ?? null),
    },
    {
      type: 'gauge',
      name: 'machine_memory_limit',
      unit: 'bytes',
      labels: [],
      step: MEBIBYTE,
      mqtt: false,
      help: 'Memory that a control group allows; no reading where none limits it.',
      read: () => single(memory.limit),
    },
    {
      type: 'gauge',
      name: 'machine_swap',
      unit: '%',
      labels: [],
      step: PERCENT,
      help: 'Share of the swap space that is used; no reading where there is none.',
      read: () => single(memory.swap === null ? null : (100 * memory.swap.used) / memory.swap.total),
    },
  ];
}
