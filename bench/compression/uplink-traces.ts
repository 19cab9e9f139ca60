import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What an uplink carried, second by second. */
export interface UplinkTrace {
  readonly name: string;
  readonly bytesPerS: readonly number[];
}

/** Bytes of a packet of a mahimahi trace. */
const PACKET = 1500;
const BITS_PER_BYTE = 8;
/** Faster than that is an artefact of the recording, Mbit/s. */
const MOST_MBIT = 250;
const LEAST_SECONDS = 60;

/** The traces of ../shared/data/uplink whose form is known: measured uplinks, and 3G rates; those of downloads are left out. */
export function readUplinks(folder: string): UplinkTrace[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files
    .flatMap((file): UplinkTrace[] => {
      const bytesPerS = secondsOf(join(folder, file));
      return bytesPerS === null ? [] : [{ name: basename(file).replace(/\.(up\.gz|csv)$/, ''), bytesPerS }];
    })
    .filter(({ bytesPerS }) => bytesPerS.length >= LEAST_SECONDS);
}

function secondsOf(file: string): number[] | null {
  if (file.endsWith('.up.gz')) return ofPackets(gunzipSync(readFileSync(file)).toString());
  if (/mtu-cork.*\.csv$/.test(file)) return ofRates(cleaned(readFileSync(file, 'utf8')));
  if (/norway_[a-z]+_\d+$/.test(file)) return ofRates(pairs(readFileSync(file, 'utf8')));
  return null;
}

/** A line is the ms at which a packet may leave. */
function ofPackets(text: string): number[] {
  const times = text.split('\n').filter(Boolean).map(Number);
  const seconds = new Array<number>(Math.ceil((times.at(-1) ?? 0) / 1000)).fill(0);
  for (const ms of times) {
    const second = Math.floor(ms / 1000);
    if (second < seconds.length) seconds[second]! += PACKET;
  }
  return seconds;
}

type Rate = readonly [second: number, mbit: number];

/** Each rate holds until the next. */
function ofRates(rates: readonly Rate[]): number[] {
  const first = rates[0]?.[0] ?? 0;
  const length = Math.floor((rates.at(-1)?.[0] ?? 0) - first);
  let at = 0;
  return Array.from({ length }, (_, second) => {
    while (at + 1 < rates.length && rates[at + 1]![0] - first <= second) at++;
    return (rates[at]![1] * 1e6) / BITS_PER_BYTE;
  });
}

function pairs(text: string): Rate[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((numbers) => numbers.length === 2 && numbers.every(Number.isFinite))
    .map(([second = 0, mbit = 0]) => [second, mbit] as const);
}

/** Without the minutes before the measurement began, lines without any reading, and rates computed from a counter that was missing. */
function cleaned(text: string): Rate[] {
  const lines = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(','));
  const rates: Rate[] = [];
  let begun = false;
  for (const cells of lines) {
    const at = Date.parse(cells[0] ?? '') / 1000;
    const mbit = Number(cells.at(-1));
    const hasReading = cells.slice(1, 4).some((cell) => Number(cell) !== 0);
    if (mbit > 1) begun = true;
    if (!begun || !Number.isFinite(at) || !Number.isFinite(mbit) || mbit > MOST_MBIT || mbit < 0 || !hasReading)
      continue;
    rates.push([at, mbit]);
  }
  return rates;
}
