import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** How long the medium takes until it has what was written. */
export interface FsyncLatency {
  /** ms; of all writes. */
  readonly medianMs: number;
  readonly worstMs: number;
  readonly writes: number;
}

const WRITES = 15;
const BLOCK = 4096;
/** A medium that takes longer altogether is slow enough to be told by what was measured until then. */
const PATIENCE_MS = 30_000;

/**
 * Writes some blocks one after the other into a file of its own, as a database would, and waits for each to be on the medium;
 * nobody else waits.
 *
 * @param signal ends it early @returns null where nothing could be written
 */
export async function measureFsync(folder: string, signal?: AbortSignal): Promise<FsyncLatency | null> {
  const file = join(folder, `.fsync-probe-${process.pid}`);
  const times: number[] = [];
  let handle: FileHandle | null = null;
  try {
    handle = await open(file, 'w', 0o600);
    // it has no name from now on, so that a kill leaves none behind
    await rm(file, { force: true });
    const begun = performance.now();
    for (let n = 0; n < WRITES && !signal?.aborted && performance.now() - begun < PATIENCE_MS; n++) {
      const before = performance.now();
      await handle.write(Buffer.alloc(BLOCK, n + 1), 0, BLOCK, n * BLOCK);
      await handle.datasync();
      times.push(performance.now() - before);
    }
  } catch {
    // a disk that cannot be written is told by whoever has a database there
  } finally {
    await handle?.close().catch(() => undefined);
  }
  return latencyOf(times);
}

function latencyOf(times: readonly number[]): FsyncLatency | null {
  if (times.length === 0) return null;
  const sorted = [...times].sort((a, b) => a - b);
  return { medianMs: sorted[Math.floor(sorted.length / 2)]!, worstMs: sorted.at(-1)!, writes: times.length };
}

/** Half of all writes later than this is a poor card or a hard disk; one so much later a card that reorganises itself. */
const SLOW = { medianMs: 50, worstMs: 500 };

/** Whether a medium is so slow that somebody should know. */
export const isSlow = ({ medianMs, worstMs }: FsyncLatency): boolean =>
  medianMs > SLOW.medianMs || worstMs > SLOW.worstMs;
