import { join } from 'node:path';
import { namesIn, textIn } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, wholeNumber } from './sensor.js';

/** Cooling devices that slow something down; fans are others. */
const SLOWS_DOWN = /cpufreq|devfreq|throttle|^Processor$/i;

/** What the firmware of a Raspberry Pi holds back now, in `get_throttled`: bits for under-voltage and, of heat, its soft limit. */
const [UNDER_VOLTAGE, CAPPED, THROTTLED, SOFT_LIMIT] = [1, 2, 4, 8];

/**
 * What tells that the machine is held back: counters of x86 cores, cooling devices of the kernel's governors, the firmware of
 * a Raspberry Pi.
 */
export const findThrottles: FindSensors = (root) => [
  ...coreCounters(root),
  ...coolingDevices(root),
  ...firmwareBits(root),
];

function coreCounters(root: string): MachineSensor[] {
  const folder = join(root, 'sys/devices/system/cpu');
  const packages = new Set<string>();
  return namesIn(folder)
    .filter((name) => /^cpu\d+$/.test(name))
    .flatMap((name): MachineSensor[] => {
      const at = join(folder, name, 'thermal_throttle');
      const counters = namesIn(at);
      const counter = (counter: string): MachineSensor => ({
        quantity: 'heat-count',
        name: `${name} ${counter}`,
        file: join(at, counter),
        isQuick: true,
        parse: wholeNumber,
      });
      const found = counters.includes('core_throttle_count') ? [counter('core_throttle_count')] : [];
      // the cores of a package all show the same
      const socket = textIn(join(folder, name, 'topology/physical_package_id')).trim();
      if (packages.has(socket) || !counters.includes('package_throttle_count')) return found;
      packages.add(socket);
      return [...found, counter('package_throttle_count')];
    });
}

function coolingDevices(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/thermal');
  return namesIn(folder).flatMap((name): MachineSensor[] => {
    if (!/^cooling_device\d+$/.test(name)) return [];
    const type = textIn(join(folder, name, 'type')).trim();
    if (!SLOWS_DOWN.test(type)) return [];
    return [
      {
        quantity: 'heat',
        name: `${name} ${type}`,
        file: join(folder, name, 'cur_state'),
        isQuick: true,
        parse: (text) => {
          const state = wholeNumber(text);
          return state === null ? null : Number(state > 0);
        },
      },
    ];
  });
}

function firmwareBits(root: string): MachineSensor[] {
  const platform = join(root, 'sys/devices/platform');
  const files = namesIn(platform)
    .flatMap((bus) => namesIn(join(platform, bus)).map((name) => join(platform, bus, name)))
    .filter((at) => at.endsWith(':firmware') && namesIn(at).includes('get_throttled'))
    .map((at) => join(at, 'get_throttled'));
  return files.flatMap((file): MachineSensor[] => [
    { quantity: 'power', name: 'firmware', file, isQuick: false, parse: (text) => bits(text, isShortOfPower) },
    { quantity: 'heat', name: 'firmware', file, isQuick: false, parse: (text) => bits(text, isHot) },
  ]);
}

/** Hexadecimal, with or without `0x`. */
function bits(text: string, holds: (bits: number) => boolean): number | null {
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  return digits === undefined ? null : Number(holds(Number.parseInt(digits, 16)));
}

const isShortOfPower = (now: number): boolean => (now & UNDER_VOLTAGE) !== 0;
/** It caps and throttles for both reasons; where it has power enough, heat is left. */
const isHot = (now: number): boolean =>
  (now & SOFT_LIMIT) !== 0 || ((now & (CAPPED | THROTTLED)) !== 0 && (now & UNDER_VOLTAGE) === 0);
