import { type MetricRow, single } from '../../../foundation/metric-row.js';
import type { Machine } from '../machine.js';

const MEBIBYTE = 2 ** 20;

/** Memory and swap: what binds the program. */
export function memoryRows({ memory }: Machine): readonly MetricRow[] {
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
      step: 1,
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
      step: 1,
      help: 'Share of the swap space that is used; no reading where there is none.',
      read: () => single(memory.swap === null ? null : (100 * memory.swap.used) / memory.swap.total),
    },
  ];
}
