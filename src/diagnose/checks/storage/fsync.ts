import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textIn } from '../../../board/kernel-files.js';
import { pause } from '../../../foundation/pause.js';
import { median } from '../../../foundation/statistics.js';
import { type FsyncLatency, isSlow } from '../../../store/fsync-latency.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';
import { printedBy } from './printed-by.js';

const PROGRAM = fileURLToPath(new URL('./fsync-process.js', import.meta.url));

/** ms after which no further write of a group begins: of the first, and of those that look again. */
const ENOUGH_MS = 1000;
const AGAIN_MS = 400;
/** Groups in all where the first is slow, and ms between two: a burst of somebody else's lies in one of them. */
const GROUPS = 4;
const APART_MS = 700;
const MIB = 2 ** 20;
/** What waits for the media, and what goes to one of them in a second, from which on somebody else floods it: an installation, a copy. */
const FLOOD: Flood = { waitingBytes: 64 * MIB, bytesPerS: 4 * MIB };
const SECTOR = 512;

/** Writes for so many ms at most. @returns null where nothing could be written */
type MeasureFsync = (folder: string, ms: number, signal: AbortSignal) => Promise<FsyncLatency | null>;

/**
 * How long the medium takes until it has what was written. One that is slow at first is looked at again: what somebody else wrote
 * just then is no fault of the medium.
 *
 * @param measure for tests: a slow medium
 * @param apartMs between two looks
 * @param machine root of the machine that the store lies on, also where another one's files are looked at
 */
export const fsyncCheck = (measure: MeasureFsync = measureApart, apartMs = APART_MS, machine = '/'): Check => ({
  ground: 'storage',
  name: 'fsync',
  deadlineMs: 7000,
  async run({ config }, signal) {
    const folder = nearestFolder(config.store.dir);
    const [began, before] = [performance.now(), sectorsWritten(machine)];
    const first = await measure(folder, ENOUGH_MS, signal);
    // why nothing can be written there is said elsewhere
    if (first === null) return [];
    const groups = [first];
    while (isSlow(first) && groups.length < GROUPS && !signal.aborted) {
      await pause(apartMs, signal);
      const group = await measure(folder, AGAIN_MS, signal);
      if (group !== null) groups.push(group);
      else break;
    }
    const seconds = Math.max(0.1, (performance.now() - began) / 1000);
    const bytesPerS = (mostWritten(before, sectorsWritten(machine)) * SECTOR) / seconds;
    return [judgeFsync(groups, { waitingBytes: waitingBytes(machine), bytesPerS })];
  },
});

/** What others write beside. */
interface Flood {
  /** That wait for all media. */
  readonly waitingBytes: number;
  /** Written to the medium that was written most. */
  readonly bytesPerS: number;
}

/** What there is to be said of groups of writes that lie apart; pure. */
function judgeFsync(groups: readonly FsyncLatency[], others: Flood): Finding {
  const usual = usualOf(groups);
  const values = { median: rounded(usual.medianMs), worst: rounded(usual.worstMs), writes: usual.writes };
  if (!isSlow(usual)) return found('fine', 'fsync-fine', values);
  const isFlooded = others.waitingBytes >= FLOOD.waitingBytes || others.bytesPerS >= FLOOD.bytesPerS;
  if (!isFlooded) return found('degraded', 'fsync-slow', values);
  const waiting = Math.round(others.waitingBytes / MIB);
  return found('unknown', 'fsync-flooded', { ...values, waiting, rate: Math.round(others.bytesPerS / MIB) });
}

const measureApart: MeasureFsync = async (folder, ms, signal) => {
  const [latency] = await printedBy<FsyncLatency | null>(PROGRAM, [folder, String(ms)], signal);
  return latency ?? null;
};

/** As most of the groups found it: the median of each number. */
function usualOf(groups: readonly FsyncLatency[]): FsyncLatency {
  const middle = (read: (group: FsyncLatency) => number) => median(groups.map(read))!;
  return {
    medianMs: middle(({ medianMs }) => medianMs),
    worstMs: middle(({ worstMs }) => worstMs),
    writes: groups.reduce((sum, { writes }) => sum + writes, 0),
  };
}

/** What the system holds back for all its media. */
function waitingBytes(root: string): number {
  const meminfo = textIn(join(root, 'proc/meminfo'));
  const kilobytes = ['Dirty', 'Writeback'].map((name) => new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1]);
  return kilobytes.reduce((sum, text) => sum + Number(text ?? 0) * 1024, 0);
}

/** Of each block device, by its name. */
function sectorsWritten(root: string): ReadonlyMap<string, number> {
  const lines = textIn(join(root, 'proc/diskstats')).split('\n');
  return new Map(
    lines.flatMap((line) => {
      // major, minor, name, reads (4), writes done, writes merged, sectors written
      const fields = line.trim().split(/\s+/);
      return fields.length < 10 ? [] : [[fields[2]!, Number(fields[9])]];
    }),
  );
}

/** Sectors that came to the device which was written most. */
const mostWritten = (before: ReadonlyMap<string, number>, now: ReadonlyMap<string, number>): number =>
  Math.max(0, ...[...now].map(([name, sectors]) => sectors - (before.get(name) ?? sectors)));

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
