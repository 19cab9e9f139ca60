import { join } from 'node:path';
import { namesIn } from '../../kernel-files.js';
import { type FindSensors, type MachineSensor, wholeNumber } from './sensor.js';

/**
 * The clock of each cluster of cores, and what it may be now, by the number of the cluster's first core (`policy0`). What the
 * firmware takes away without telling the kernel, as a Raspberry Pi's does, does not show here.
 */
export const findClocks: FindSensors = (root) => {
  const folder = join(root, 'sys/devices/system/cpu/cpufreq');
  return namesIn(folder)
    .filter((name) => /^policy\d+$/.test(name))
    .flatMap((name): MachineSensor[] => [
      // x86 asks the core itself, by an interrupt; ARM answers from memory, or from its firmware
      { quantity: 'clock', name, file: join(folder, name, 'scaling_cur_freq'), isQuick: false, parse: megahertz },
      { quantity: 'clock-limit', name, file: join(folder, name, 'scaling_max_freq'), isQuick: true, parse: megahertz },
    ]);
};

/** Out of kHz; 0 where a core sleeps, or the driver knows nothing. */
function megahertz(text: string): number | null {
  const kilohertz = wholeNumber(text);
  return kilohertz === null ? null : kilohertz / 1000;
}
