import { join } from 'node:path';
import { namesIn } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, wholeNumber } from './sensor.js';

/** Devices of devfreq that compute; memory controllers and buses are there too. */
const COMPUTES = /gpu|npu|mali|panfrost|ga10b|gv11b|gp10b|gm20b|gk20a|g3d|rknn/i;

/**
 * Load, clock and memory of GPUs and NPUs, of those whose driver tells in sysfs: Mali, Adreno, Tegra and Rockchip by devfreq,
 * amdgpu and i915 by their cards. NVIDIA's on x64 tells nothing there.
 */
export const findAccelerators: FindSensors = (root) => [...devfreqSensors(root), ...cardSensors(root)];

function devfreqSensors(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/devfreq');
  return namesIn(folder)
    .filter((name) => COMPUTES.test(name))
    .flatMap((name): MachineSensor[] => {
      const at = join(folder, name);
      const clock = sensor('accelerator-clock', name, join(at, 'cur_freq'), (text) => scaled(text, 1e-6));
      if (namesIn(at).includes('load')) return [sensor('load', name, join(at, 'load'), devfreqLoad), clock];
      if (!namesIn(join(at, 'device')).includes('load')) return [clock];
      // Tegra's own, in per mille
      return [sensor('load', name, join(at, 'device/load'), (text) => percentage(scaled(text, 0.1))), clock];
    });
}

function cardSensors(root: string): MachineSensor[] {
  const folder = join(root, 'sys/class/drm');
  return namesIn(folder)
    .filter((name) => /^card\d+$/.test(name))
    .flatMap((name): MachineSensor[] => {
      const at = join(folder, name);
      const device = join(at, 'device');
      const found: MachineSensor[] = [];
      const has = new Set([...namesIn(device), ...namesIn(at), ...namesIn(join(at, 'gt/gt0'))]);
      if (has.has('gpu_busy_percent')) {
        found.push(sensor('load', name, join(device, 'gpu_busy_percent'), (text) => percentage(scaled(text, 1))));
      } else if (has.has('rc6_residency_ms')) {
        found.push(sensor('load', name, join(at, 'gt/gt0/rc6_residency_ms'), awakeShare()));
      }
      if (has.has('mem_info_vram_used')) {
        found.push(sensor('memory', name, join(device, 'mem_info_vram_used'), wholeNumber));
        found.push(sensor('memory-total', name, join(device, 'mem_info_vram_total'), wholeNumber));
      }
      if (has.has('gt_act_freq_mhz')) {
        found.push(sensor('accelerator-clock', name, join(at, 'gt_act_freq_mhz'), (text) => scaled(text, 1)));
      }
      return found;
    });
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
  return percent === undefined ? null : percentage(Number(percent));
}

/** Out of the ms for which an Intel GPU slept: what it did not sleep of the time between two readings, in percent. */
function awakeShare(): MachineSensor['parse'] {
  let before: { readonly slept: number; readonly at: number } | null = null;
  return (text, now) => {
    const slept = wholeNumber(text);
    const since = before;
    before = slept === null ? null : { slept, at: now };
    // counters of 32 bits wrap; that one reading is given up
    if (slept === null || since === null || slept < since.slept || now <= since.at) return null;
    return Math.max(0, 100 - (100 * (slept - since.slept)) / (now - since.at));
  };
}

function scaled(text: string, factor: number): number | null {
  const value = wholeNumber(text);
  return value === null || value < 0 ? null : value * factor;
}

const percentage = (value: number | null): number | null => (value === null || value > 100 ? null : value);
