import { type TarEntry, tarSum } from './tar.js';

const BLOCK = 512;
const [FILE, OLD_FILE, LINK, FOLDER, LONGER] = ['0', '\0', '2', '5', 'x'];

/**
 * What is in an archive (ustar, and pax headers for longer names): files and links, with their paths as they stand there.
 *
 * @throws Error where it is none, is cut off, or holds what is neither file, link nor folder
 */
export function readTar(archive: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let longer: Readonly<Record<string, string>> = {};
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const header = archive.subarray(at, at + BLOCK);
    if (header.every((byte) => byte === 0)) return entries;
    const { type, size, name, target: linked } = tarHeader(header);
    const data = archive.subarray(at + BLOCK, at + BLOCK + size);
    if (data.length < size) break;
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (type === LONGER) {
      longer = paxRecords(data.toString('utf8'));
      continue;
    }
    const path = longer['path'] ?? name;
    const target = longer['linkpath'] ?? linked;
    longer = {};
    if (type === FILE || type === OLD_FILE) entries.push({ kind: 'file', path, data: Buffer.from(data) });
    else if (type === LINK) entries.push({ kind: 'link', path, target });
    else if (type !== FOLDER) throw new Error(`${path} is neither a file nor a link`);
  }
  throw new Error('it is cut off');
}

/** What a header of 512 bytes says. */
export interface TarHeader {
  /** As POSIX has it: `0` a file, `5` a folder, `x` records for the next entry. */
  readonly type: string;
  /** Bytes of what follows. */
  readonly size: number;
  readonly name: string;
  readonly target: string;
  readonly isExecutable: boolean;
}

/** @throws Error where it is none, or its sum is wrong */
export function tarHeader(header: Buffer): TarHeader {
  if (tarSum(header) !== octalAt(header, 148, 8)) throw new Error('it is no tar archive, or is damaged');
  return {
    type: String.fromCharCode(header[156]!),
    size: octalAt(header, 124, 12),
    name: nameOf(header),
    target: textAt(header, 157, 100),
    isExecutable: (octalAt(header, 100, 8) & 0o111) !== 0,
  };
}

function nameOf(header: Buffer): string {
  const prefix = textAt(header, 257, 5) === 'ustar' ? textAt(header, 345, 155) : '';
  const name = textAt(header, 0, 100);
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The records of a pax header: `path`, `linkpath` and others. */
export function paxRecords(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/\d+ ([^=\n]+)=([^\n]*)\n/g)].map(([, key, value]) => [key!, value!] as const),
  );
}

/** Up to its first zero byte. */
function textAt(header: Buffer, from: number, length: number): string {
  return header.toString('latin1', from, from + length).replace(/\0.*$/s, '');
}

function octalAt(header: Buffer, from: number, length: number): number {
  const digits = /^[0-7]+$/.exec(textAt(header, from, length).trim())?.[0];
  return digits === undefined ? Number.NaN : Number.parseInt(digits, 8);
}
