import { join } from 'node:path';
import { textIn } from '../../../board/kernel-files.js';
import { pause } from '../../../foundation/pause.js';
import { quantile } from '../../../foundation/statistics.js';
import { type FsyncLatency, isSlow, measureFsync } from '../../../store/fsync-latency.js';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';
import { nearestFolder } from './nearest-folder.js';
import { doWithin } from './within.js';

/** ms after which no further write of a group begins: of the first, and of those that look again. */
const ENOUGH_MS = 1000;
const AGAIN_MS = 500;
/** Groups in all where the first is slow, and ms between two: a burst of somebody else's lies in one of them. */
const GROUPS = 4;
const APART_MS = 900;
/** Bytes that wait for the medium, from which on somebody else floods it: an installation, a copy. */
const FLOOD = 64 * 2 ** 20;

/**
 * How long the medium takes until it has what was written. One that is slow at first is looked at again: what somebody else wrote
 * just then is no fault of the medium.
 *
 * @param measure for tests: a slow medium
 * @param apartMs between two looks
 */
export const fsyncCheck = (measure = measureFsync, apartMs = APART_MS): Check => ({
  ground: 'storage',
  name: 'fsync',
  deadlineMs: 8000,
  async run({ config, root }, signal) {
    const folder = nearestFolder(config.store.dir);
    const first = await doWithin(ENOUGH_MS, signal, (enough) => measure(folder, enough));
    // why nothing can be written there is said elsewhere
    if (first === null) return [];
    const groups = [first];
    while (isSlow(first) && groups.length < GROUPS && !signal.aborted) {
      await pause(apartMs, signal);
      const group = await doWithin(AGAIN_MS, signal, (enough) => measure(folder, enough));
      if (group !== null) groups.push(group);
      else break;
    }
    return [judgeFsync(groups, waitingBytes(root))];
  },
});

/**
 * What there is to be said of groups of writes that lie apart; pure.
 *
 * @param waiting bytes of others that wait for the medium
 */
export function judgeFsync(groups: readonly FsyncLatency[], waiting: number): Finding {
  const usual = usualOf(groups);
  const values = { median: rounded(usual.medianMs), worst: rounded(usual.worstMs), writes: usual.writes };
  if (!isSlow(usual)) return found('fine', 'fsync-fine', values);
  if (waiting < FLOOD) return found('degraded', 'fsync-slow', values);
  return found('unknown', 'fsync-flooded', { ...values, waiting: Math.round(waiting / 2 ** 20) });
}

/** As most of the groups found it: the median of each number. */
function usualOf(groups: readonly FsyncLatency[]): FsyncLatency {
  const middle = (read: (group: FsyncLatency) => number) => quantile(groups.map(read), 0.5)!;
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

const rounded = (ms: number): number => Math.round(ms * 10) / 10;
