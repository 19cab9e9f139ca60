import { type MetricRow, type NumberMetric, type Reading, single } from '../../../foundation/metric-row.js';
import type { Machine } from '../machine.js';
import type { Quantity } from '../sensors/sensor.js';
import { isThrottled, THROTTLE_CAUSES } from '../throttling.js';

/** Heat, clocks, accelerators, and what holds the machine back. */
export function sensorRows(machine: Machine): readonly MetricRow[] {
  const { throttling } = machine;
  const readings = (quantity: Quantity) =>
    function* (): Iterable<Reading<number>> {
      for (const { name, value } of machine.sensors.of(quantity)) yield [[name], value];
    };
  return [
    {
      type: 'gauge',
      name: 'machine_temperature',
      unit: '°C',
      labels: [],
      step: 1,
      help: 'Temperature of the warmest part.',
      read: () => single(machine.temperature),
    },
    {
      type: 'gauge',
      name: 'machine_throttle_temperature',
      unit: '°C',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'What machine_temperature would be when the first part is slowed down by heat; no reading where nothing tells.',
      read: () => single(machine.throttleAt),
    },
    {
      type: 'gauge',
      name: 'machine_power',
      unit: 'W',
      labels: [],
      step: 0.1,
      help: 'What the whole board draws, or as much of it as can be measured; no reading where nothing tells.',
      read: () => single(machine.watts),
    },
    {
      type: 'gauge',
      name: 'machine_rail_power',
      unit: 'W',
      labels: ['rail'],
      step: 0.01,
      mqtt: false,
      help: 'What each supply carries that can be measured. One may be part of another.',
      *read() {
        for (const { name, watts } of machine.power.rails) yield [[name], watts];
      },
    },
    {
      type: 'info',
      name: 'machine_power_mode',
      unit: '',
      labels: ['mode'],
      help: "In which mode the board runs: a Jetson's power model, the governors of the cores.",
      *read() {
        const { mode } = machine.powerMode;
        if (mode !== null) yield [[mode], 1];
      },
    },
    {
      type: 'gauge',
      name: 'machine_throttled',
      unit: '',
      labels: [],
      step: 1,
      help: 'Whether the machine is held back now, by heat, want of power, too much current or a quota of processor time: 1, else 0; no reading where nothing tells.',
      read: () => single(flag(isThrottled(throttling.now))),
    },
    {
      type: 'gauge',
      name: 'machine_throttled_by',
      unit: '',
      labels: ['cause'],
      step: 1,
      mqtt: false,
      help: 'The same by cause: heat, power, current, quota.',
      *read() {
        for (const cause of THROTTLE_CAUSES) yield [[cause], flag(throttling.now[cause])];
      },
    },
    {
      type: 'counter',
      name: 'machine_heat_throttles',
      unit: 'times',
      labels: [],
      step: 1,
      mqtt: false,
      help: 'Times that x86 cores and packages were slowed down by heat since the program started.',
      read: () => single(throttling.heatCount),
    },
    sensorRow(
      'machine_sensor_temperature',
      '°C',
      'sensor',
      'Temperature of each part that tells one.',
      readings('temperature'),
    ),
    sensorRow('machine_cpu_clock', 'MHz', 'cluster', 'Clock of each cluster of cores.', readings('clock')),
    sensorRow(
      'machine_cpu_clock_limit',
      'MHz',
      'cluster',
      'What the clock of each cluster may be now.',
      readings('clock-limit'),
    ),
    sensorRow(
      'machine_cpu_clock_firmware',
      'MHz',
      'clock',
      "What the firmware measures of the cores' clock: a Raspberry Pi's may give less than cpufreq shows.",
      readings('firmware-clock'),
    ),
    sensorRow(
      'machine_accelerator_load',
      '%',
      'accelerator',
      'Load of a GPU or another accelerator, where its driver tells.',
      readings('load'),
    ),
    sensorRow('machine_accelerator_clock', 'MHz', 'accelerator', 'Its clock.', readings('accelerator-clock')),
    sensorRow(
      'machine_accelerator_memory',
      'bytes',
      'accelerator',
      'Memory of its own that is used.',
      readings('memory'),
    ),
    sensorRow(
      'machine_accelerator_memory_total',
      'bytes',
      'accelerator',
      'Memory of its own.',
      readings('memory-total'),
    ),
    sensorRow('machine_memory_bus_load', '%', 'bus', 'Load of the bus to the memory.', readings('bus-load')),
    sensorRow('machine_memory_bus_clock', 'MHz', 'bus', 'Its clock.', readings('bus-clock')),
    sensorRow('machine_fan', 'rpm', 'fan', 'How fast each fan turns.', readings('fan')),
    sensorRow('machine_fan_duty', '%', 'fan', 'How much of what it could get drives it.', readings('fan-duty')),
  ];
}

const sensorRow = (
  name: string,
  unit: string,
  label: string,
  help: string,
  read: NumberMetric['read'],
): NumberMetric => ({ type: 'gauge', name, unit, labels: [label], step: 1, mqtt: false, help, read });

const flag = (holds: boolean | null): number | null => (holds === null ? null : Number(holds));
