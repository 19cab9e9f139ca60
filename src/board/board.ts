import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { didYouMean } from '../foundation/validate.js';
import { cpuinfoValue, textIn } from './kernel-files.js';

/** What the kernel says about the machine. */
interface Hardware {
  /** /proc/device-tree/compatible, most specific first; empty on x86 */
  readonly compatible: readonly string[];
  /** /proc/device-tree/model, else the Model line of /proc/cpuinfo */
  readonly model: string;
  /** vendor_id of /proc/cpuinfo, which only x86 has */
  readonly vendor: string;
  readonly nvidiaDriver: boolean;
}

const BOARDS: readonly { name: string; is(hardware: Hardware): boolean }[] = [
  // module p3767: Orin Nano and Orin NX, p3668: Xavier NX, whatever carrier board they sit on
  { name: 'jetson-orin-nano', is: ({ compatible }) => compatible.some((entry) => /^nvidia,.*p3767-/.test(entry)) },
  { name: 'jetson-xavier-nx', is: ({ compatible }) => compatible.some((entry) => /^nvidia,.*p3668-/.test(entry)) },
  // also the Compute Module 5 and the Pi 500, which share the chip; a container sees only the model line
  {
    name: 'raspberry-pi-5',
    is: ({ compatible, model }) => compatible.includes('brcm,bcm2712') || model.startsWith('Raspberry Pi 5'),
  },
  { name: 'rk3588', is: ({ compatible }) => compatible.some((entry) => /^rockchip,rk3588s?$/.test(entry)) },
  { name: 'x86-cuda', is: ({ vendor, nvidiaDriver }) => vendor !== '' && nvidiaDriver },
  { name: 'x86-cpu', is: ({ vendor }) => vendor !== '' },
];

/** The name of the board that this machine is, or null for one that is not known. `root` is `/`; tests give others. */
export function recogniseBoard(root: string): string | null {
  const hardware = readHardware(root);
  return BOARDS.find((board) => board.is(hardware))?.name ?? null;
}

/** The boards that have a file in the folder of board files. */
export function listBoards(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => name.slice(0, -'.yaml'.length))
    .sort();
}

/**
 * Which board file to use for the value of the key `board`: `auto` recognises the machine, `none` takes no file.
 * A recognised board without a file is no problem; a named one is.
 */
export function chooseBoard(
  wanted: string,
  options: { root: string; folder: string },
): { board: string | null; problem: string | null } {
  if (wanted === 'none') return { board: null, problem: null };
  const boards = listBoards(options.folder);
  if (wanted === 'auto') {
    const board = recogniseBoard(options.root);
    return { board: board !== null && boards.includes(board) ? board : null, problem: null };
  }
  if (boards.includes(wanted)) return { board: wanted, problem: null };
  const known = ['auto', 'none', ...boards];
  const meant = didYouMean(wanted, known);
  const problem = `board: expected one of ${known.join(', ')}, got "${wanted}"${meant ? `, did you mean ${meant}?` : ''}`;
  return { board: null, problem };
}

function readHardware(root: string): Hardware {
  const cpuinfo = textIn(join(root, 'proc/cpuinfo'));
  return {
    compatible: textIn(join(root, 'proc/device-tree/compatible')).split('\0').filter(Boolean),
    model: textIn(join(root, 'proc/device-tree/model')).replace(/\0+$/, '') || (cpuinfoValue(cpuinfo, 'Model') ?? ''),
    vendor: cpuinfoValue(cpuinfo, 'vendor_id') ?? '',
    nvidiaDriver: existsSync(join(root, 'proc/driver/nvidia/version')),
  };
}
