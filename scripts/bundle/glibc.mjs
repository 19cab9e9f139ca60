// Which glibc the compiled parts of a bundle ask for. They were compiled in many places, and each asks for the versions of the
// symbols that it was linked against: on a device with an older glibc it would be found out at the roadside, when it is loaded.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { architectureOf } from './machine-code.mjs';

/** Section of an ELF file that names the versions of symbols that it needs of its libraries. */
const SHT_GNU_VERNEED = 0x6ffffffe;

/** @returns {string | null} such as `2.34`: the oldest glibc with which everything compiled in `staging` loads; null where nothing is compiled */
export function oldestGlibc(staging) {
  const needed = readdirSync(staging, { recursive: true })
    .map((name) => join(staging, String(name)))
    .filter((file) => statSync(file).isFile() && architectureOf(file) !== null)
    .flatMap((file) => glibcOf(file) ?? []);
  return newest(needed);
}

/** @returns {string | null} the newest version of glibc's symbols that a compiled file needs; null where it needs none */
export function glibcOf(file) {
  const elf = readFileSync(file);
  return newest(neededVersions(elf).flatMap((name) => /^GLIBC_(\d+\.\d+)/.exec(name)?.[1] ?? []));
}

function newest(versions) {
  const minor = (version) => Number(version.split('.')[1]);
  return versions.reduce((best, version) => (best === null || minor(version) > minor(best) ? version : best), null);
}

/** Of a little-endian ELF file of 64 bits, which is what both platforms have; by the tables in elf(5) and the Linux Standard Base. */
function neededVersions(elf) {
  const sections = sectionsOf(elf);
  const names = [];
  for (const section of sections.filter(({ type }) => type === SHT_GNU_VERNEED)) {
    const strings = sections[section.link].offset;
    let library = section.offset;
    for (let left = section.entries; left > 0; left--) {
      let version = library + elf.readUInt32LE(library + 8);
      for (let more = elf.readUInt16LE(library + 2); more > 0; more--) {
        names.push(text(elf, strings + elf.readUInt32LE(version + 8)));
        version += elf.readUInt32LE(version + 12);
      }
      library += elf.readUInt32LE(library + 12);
    }
  }
  return names;
}

function sectionsOf(elf) {
  const table = Number(elf.readBigUInt64LE(40));
  const [bytes, count] = [elf.readUInt16LE(58), elf.readUInt16LE(60)];
  return Array.from({ length: count }, (_, index) => {
    const at = table + index * bytes;
    return {
      type: elf.readUInt32LE(at + 4),
      offset: Number(elf.readBigUInt64LE(at + 24)),
      link: elf.readUInt32LE(at + 40),
      entries: elf.readUInt32LE(at + 44),
    };
  });
}

function text(elf, at) {
  return elf.toString('latin1', at, elf.indexOf(0, at));
}
