import { join } from 'node:path';
import { namesIn, textIn } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, wholeNumber } from './sensor.js';

/** Cooling devices that slow something down; fans are others. */
const SLOWS_DOWN = /cpufreq|devfreq|throttle|balanced|^Processor$/i;

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
  ...cardReasons(root),
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

/** Why an Intel graphics card is held back, by what its driver calls it. */
const CARD_REASONS: Readonly<Record<string, MachineSensor['quantity']>> = {
  thermal: 'heat',
  prochot: 'heat',
  ratl: 'heat',
  vr_thermalert: 'heat',
  pl1: 'power',
  pl2: 'power',
  pl4: 'current',
  vr_tdc: 'current',
};

/** Reasons of i915, and of xe by other names. */
function cardReasons(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/drm');
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((card) =>
      ['gt/gt0', 'device/tile0/gt0/freq0/throttle'].flatMap((path) => {
        const at = join(folder, card, path);
        return namesIn(at).flatMap((file): MachineSensor[] => {
          const [, reason = ''] = /^(?:throttle_)?reason_(\w+)$/.exec(file) ?? [];
          const quantity = CARD_REASONS[reason];
          if (quantity === undefined) return [];
          return [{ quantity, name: `${card} ${reason}`, file: join(at, file), isQuick: false, parse: setOrNot }];
        });
      }),
    );
}

function setOrNot(text: string): number | null {
  const value = wholeNumber(text);
  return value === 0 || value === 1 ? value : null;
}

/** Where the kernel of a Raspberry Pi shows what its firmware holds back; empty for other boards, and for kernels that do not. */
export function firmwareFiles(root: string): string[] {
  const platform = join(root, 'sys/devices/platform');
  return [platform, ...namesIn(platform).map((bus) => join(platform, bus))]
    .flatMap((at) => namesIn(at).map((name) => join(at, name)))
    .filter((at) => /firmware$/.test(at) && namesIn(at).includes('get_throttled'))
    .map((at) => join(at, 'get_throttled'));
}

function firmwareBits(root: string): MachineSensor[] {
  return firmwareFiles(root).flatMap((file): MachineSensor[] => [
    { quantity: 'power', name: 'firmware', file, isQuick: false, parse: (text) => firmwareHolds('power', text) },
    { quantity: 'heat', name: 'firmware', file, isQuick: false, parse: (text) => firmwareHolds('heat', text) },
  ]);
}

/** What a Raspberry Pi's `get_throttled` says of now: 1 where it holds back for that cause, else 0; hexadecimal, with or without `0x`. */
export function firmwareHolds(cause: 'heat' | 'power', text: string): number | null {
  const [, digits] = /^(?:0x)?([0-9a-f]+)$/i.exec(text.trim()) ?? [];
  if (digits === undefined) return null;
  const bits = Number.parseInt(digits, 16);
  return Number(cause === 'power' ? isShortOfPower(bits) : isHot(bits));
}

const isShortOfPower = (now: number): boolean => (now & UNDER_VOLTAGE) !== 0;
/** It caps and throttles for both reasons; where it has power enough, heat is left. */
const isHot = (now: number): boolean =>
  (now & SOFT_LIMIT) !== 0 || ((now & (CAPPED | THROTTLED)) !== 0 && (now & UNDER_VOLTAGE) === 0);
