import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What was looked up, in its order; numbers stand for keys. */
export interface Trace {
  readonly name: string;
  readonly keys: readonly number[];
}

/** What can be read of a folder, and what cannot, with why. */
export interface Traces {
  readonly traces: readonly Trace[];
  readonly notes: readonly string[];
}

const MAX_UNPACKED = 2 ** 28;

/**
 * Reads traces as Caffeine's simulator has them: LIRS (`lirs/*.trace.gz`, a number a line), Corda (`corda/*.gz`, 64-bit big-endian),
 * cache2k (`cache2k/*.xz`, 32-bit big-endian; needs the command xz), and any `*.txt` with a key a line.
 *
 * @param most lookups of each, from its begin
 */
export function readTraces(folder: string, most: number): Traces {
  if (!existsSync(folder)) return { traces: [], notes: [`no traces in ${basename(folder)}: made-up ones only`] };
  const traces: Trace[] = [];
  const notes: string[] = [];
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    const read = READERS.find(({ pattern }) => pattern.test(path))?.read;
    if (!read) continue;
    const name = relative('', path)
      .replace(/^.*\//, '')
      .replace(/[.](trace[.])?(gz|xz|txt)$/, '')
      .replace(/^trace_/, '');
    const keys = read(join(folder, path), most);
    if (keys === null) notes.push(`${name} is left out: the command xz is not there to unpack it`);
    else traces.push({ name, keys });
  }
  return { traces, notes };
}

const READERS: readonly { readonly pattern: RegExp; read(file: string, most: number): number[] | null }[] = [
  { pattern: /lirs\/.*[.]gz$/, read: (file, most) => lines(gunzipSync(readFileSync(file)).toString('latin1'), most) },
  { pattern: /corda\/.*[.]gz$/, read: (file, most) => words(gunzipSync(readFileSync(file)), 8, most) },
  {
    pattern: /cache2k\/.*[.]xz$/,
    read: (file, most) => {
      const { status, stdout } = spawnSync('xz', ['-dc', file], { maxBuffer: MAX_UNPACKED });
      return status === 0 ? words(stdout, 4, most) : null;
    },
  },
  { pattern: /^(?!.*(license|readme)).*[.]txt$/i, read: (file, most) => lines(readFileSync(file, 'utf8'), most) },
];

/** Words become numbers in the order of their first appearance; `*` is a breakpoint of LIRS. */
function lines(text: string, most: number): number[] {
  const numbers = new Map<string, number>();
  const keys: number[] = [];
  for (const line of text.split('\n')) {
    const word = line.trim();
    if (word === '' || word === '*') continue;
    if (!numbers.has(word)) numbers.set(word, numbers.size);
    keys.push(numbers.get(word)!);
    if (keys.length === most) break;
  }
  return keys;
}

function words(bytes: Buffer, width: 4 | 8, most: number): number[] {
  const texts: string[] = [];
  for (let at = 0; at + width <= bytes.length && texts.length < most; at += width) {
    texts.push(bytes.toString('hex', at, at + width));
  }
  return lines(texts.join('\n'), most);
}
