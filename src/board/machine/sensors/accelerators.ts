import { basename, dirname, join } from 'node:path';
import { mean } from '../../../foundation/statistics.js';
import { namesIn, whyClosed } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, wholeNumber } from './sensor.js';

/** Devices of devfreq that compute; memory controllers and buses are there too. */
const COMPUTES = /gpu|npu|mali|panfrost|ga10b|gv11b|gp10b|gm20b|gk20a|g3d|rknn/i;
/** Those that move data between processor and memory: `dmc` of Rockchip, `bwmgr` of a Jetson. */
const MEMORY_BUS = /^(dmc|bwmgr|emc|.*memory-controller.*)$/i;

/**
 * Load, clock and memory of GPUs and NPUs, of those whose driver tells in sysfs: Mali, Adreno, Tegra and Rockchip by devfreq,
 * amdgpu, i915 and xe by their cards. NVIDIA's on x64 and Thor tells its load nowhere there.
 */
export const findAccelerators: FindSensors = (root) => [
  ...devfreqSensors(root),
  ...rknpuLoad(root),
  ...legacyTegraLoad(root),
  ...cardSensors(root),
];

function devfreqSensors(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/devfreq');
  const npuTellsElsewhere = rknpuLoad(root).length > 0;
  return namesIn(folder).flatMap((name): MachineSensor[] => {
    const isBus = MEMORY_BUS.test(name);
    if (!isBus && !COMPUTES.test(name)) return [];
    const at = join(folder, name);
    const files = namesIn(at);
    const [load, frequency] = isBus ? (['bus-load', 'bus-clock'] as const) : (['load', 'accelerator-clock'] as const);
    const clock = files.includes('cur_freq')
      ? [sensor(frequency, name, join(at, 'cur_freq'), (text) => scaled(text, 1e-6))]
      : [];
    if (/npu/i.test(name) && npuTellsElsewhere) return clock;
    if (files.includes('load')) return [sensor(load, name, join(at, 'load'), devfreqLoad), ...clock];
    if (isBus || !namesIn(join(at, 'device')).includes('load')) return clock;
    return [sensor('load', name, join(at, 'device/load'), tegraLoad), ...clock];
  });
}

/** Tegra's own, in per mille. */
const tegraLoad = (text: string): number | null => scaled(text, 0.1);

/** Where kernels of JetPack 4 show a GPU, which have it in devfreq by other names, or not at all. */
function legacyTegraLoad(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/devfreq');
  if (namesIn(folder).some((name) => COMPUTES.test(name) && namesIn(join(folder, name, 'device')).includes('load'))) {
    return [];
  }
  const at = ['sys/devices/gpu.0', 'sys/devices/platform/gpu.0'].find((path) =>
    namesIn(join(root, path)).includes('load'),
  );
  return at === undefined ? [] : [sensor('load', 'gpu.0', join(root, at, 'load'), tegraLoad)];
}

/** Where Rockchip's driver of its NPU tells: to everybody, or to root alone. */
const RKNPU = ['proc/rknpu', 'sys/kernel/debug/rknpu'];

/** Rockchip's NPU. Its devfreq has a file for the load too, which tells less. */
function rknpuLoad(root: string): MachineSensor[] {
  const told = RKNPU.find((path) => namesIn(join(root, path)).includes('load'));
  // where nobody but root may look, it is there to be missed, if nothing else tells
  const hidden = RKNPU.find((path) => whyClosed(join(root, path, 'load')) === 'permission');
  const folder = told ?? (hasNpuWithoutLoad(root) ? hidden : undefined);
  return folder === undefined ? [] : [sensor('load', 'rknpu', join(root, folder, 'load'), meanOfCores)];
}

function hasNpuWithoutLoad(root: string): boolean {
  const folder = join(root, 'sys/class/devfreq');
  return namesIn(folder).some((name) => /npu/i.test(name) && !namesIn(join(folder, name)).includes('load'));
}

/** `NPU load:  Core0: 12%, Core1:  0%, Core2:  0%,`, or `NPU load:  12%` of a single core: the mean. */
function meanOfCores(text: string): number | null {
  return mean([...text.matchAll(/(\d+)%/g)].map(([, percent]) => Number(percent)));
}

function cardSensors(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/drm');
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name) => [...cardLoad(folder, name), ...cardMemory(folder, name), ...cardClock(folder, name)]);
}

/** Busy as amdgpu says, or awake as Intel's count of the time asleep leaves over. */
function cardLoad(folder: string, name: string): MachineSensor[] {
  const at = join(folder, name);
  const busy = firstOf(at, ['device/gpu_busy_percent']);
  if (busy !== null) return [sensor('load', name, busy, (text) => scaled(text, 1))];
  const asleep = firstOf(at, [
    'gt/gt0/rc6_residency_ms',
    'power/rc6_residency_ms',
    'device/tile0/gt0/gtidle/idle_residency_ms',
  ]);
  return asleep === null ? [] : [sensor('load', name, asleep, awakeShare())];
}

function cardMemory(folder: string, name: string): MachineSensor[] {
  const device = join(folder, name, 'device');
  if (!namesIn(device).includes('mem_info_vram_used')) return [];
  return [
    sensor('memory', name, join(device, 'mem_info_vram_used'), wholeNumber),
    sensor('memory-total', name, join(device, 'mem_info_vram_total'), wholeNumber),
  ];
}

function cardClock(folder: string, name: string): MachineSensor[] {
  const clock = firstOf(join(folder, name), ['gt_act_freq_mhz', 'device/tile0/gt0/freq0/act_freq']);
  return clock === null ? [] : [sensor('accelerator-clock', name, clock, (text) => scaled(text, 1))];
}

function firstOf(at: string, files: readonly string[]): string | null {
  const found = files.find((file) => namesIn(dirname(join(at, file))).includes(basename(file)));
  return found === undefined ? null : join(at, found);
}

const sensor = (
  quantity: MachineSensor['quantity'],
  name: string,
  file: string,
  parse: MachineSensor['parse'],
): MachineSensor => ({
  quantity,
  name,
  file,
  isQuick: false,
  parse,
});

/** `45@600000000Hz`, or the percentage alone. */
function devfreqLoad(text: string): number | null {
  const [, percent] = /^(\d+)\s*(?:@|%|$)/.exec(text.trim()) ?? [];
  return percent === undefined ? null : Number(percent);
}

/** Out of the ms for which an Intel GPU slept: what it did not sleep of the time between two readings, in percent. */
function awakeShare(): MachineSensor['parse'] {
  let before: { readonly slept: number; readonly at: number } | null = null;
  return (text, now) => {
    const slept = wholeNumber(text);
    const since = before;
    before = slept === null ? null : { slept, at: now };
    // counters of 32 bits wrap; that one reading is given up
    if (slept === null) return null;
    if (since === null || slept < since.slept || now <= since.at) return undefined;
    return Math.max(0, 100 - (100 * (slept - since.slept)) / (now - since.at));
  };
}

function scaled(text: string, factor: number): number | null {
  const value = wholeNumber(text);
  return value === null ? null : value * factor;
}
