import { setTimeout } from 'node:timers/promises';

/** A timer set for longer than this, 24 days, fires at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Waits `ms` (at most 24 days), or until `signal` is aborted; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(Math.min(Math.max(0, ms), LONGEST_MS), undefined, { signal }).catch(() => {});
}
