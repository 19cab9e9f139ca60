import { setTimeout } from 'node:timers/promises';

/** Waits `ms`, or until `signal` is aborted; never rejects. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {});
}
