import { join } from 'node:path';
import { readPowerMode } from '../fingerprint.js';
import { textIn } from '../kernel-files.js';
import type { MachineReader } from './machine-reader.js';

/** In which mode a board runs, as far as somebody may choose it: a Jetson's power model and its name, the governors of the cores. */
export class PowerModeReader implements MachineReader {
  readonly name = 'power mode';
  /** `nvpmodel 2 (MODE_15W), governor schedutil`; null where nothing tells. */
  mode: string | null = null;
  readonly #root: string;

  /** @param root `/`; tests give trees */
  constructor(root: string) {
    this.#root = root;
  }

  look(): void {
    const mode = readPowerMode(this.#root);
    const name = nvpModelName(this.#root, /nvpmodel (\d+)/.exec(mode)?.[1]);
    this.mode = mode === 'unknown' ? null : name === null ? mode : mode.replace(/nvpmodel \d+/, `$& (${name})`);
  }

  read(): void {
    // nobody changes it between two looks that would not see it in the next
  }

  close(): void {
    this.mode = null;
  }
}

/** Of `< POWER_MODEL ID=2 NAME=MODE_15W >` in NVIDIA's table. */
function nvpModelName(root: string, id: string | undefined): string | null {
  const table = textIn(join(root, 'etc/nvpmodel.conf'));
  return new RegExp(`^\\s*<\\s*POWER_MODEL\\s+ID=0*${id}\\s+NAME=(\\S+)`, 'm').exec(table)?.[1] ?? null;
}
