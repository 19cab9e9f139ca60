// Whether what is compiled in a bundle is compiled for its platform: a wrong library would be noticed at the roadside only.
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** e_machine of an ELF header. */
const MACHINES = { 62: 'x64', 183: 'arm64' };

/** @returns {string[]} `path: architecture` of what is compiled for another one than `platform` */
export function foreignMachineCode(staging, platform) {
  const [, wanted] = platform.split('-');
  return readdirSync(staging, { recursive: true })
    .map(String)
    .filter((name) => statSync(join(staging, name)).isFile())
    .map((name) => [name, architectureOf(join(staging, name))])
    .filter(([, architecture]) => architecture !== null && architecture !== wanted)
    .map(([name, architecture]) => `${name}: ${architecture}`);
}

/** @returns {string | null} null where it is no compiled program or library of Linux */
export function architectureOf(file) {
  const header = Buffer.alloc(20);
  const fd = openSync(file, 'r');
  try {
    readSync(fd, header, 0, header.length, 0);
  } finally {
    closeSync(fd);
  }
  if (header.toString('latin1', 0, 4) !== '\x7fELF') return null;
  const machine = header.readUInt16LE(18);
  return MACHINES[machine] ?? `machine ${machine}`;
}
