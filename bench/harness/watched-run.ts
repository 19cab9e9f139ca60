import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { CountingBroker } from './counting-broker.js';
import { type Command, start } from './program.js';
import { type FrameLine, readResults } from './results.js';
import { UsageSampler } from './usage.js';

/** Longer than the slowest contender needs: start-up, and so much for each frame. */
const START_MS = 60_000;
const FRAME_MS = 500;

/** Where a contender reports to. */
export interface Outlets {
  /** Of the broker on 127.0.0.1. */
  readonly port: number;
  /** Where to write one JSON line per frame (`FrameLine`). */
  readonly results: string;
}

/** What a contender left after its way through a film. */
export interface WatchedRun {
  readonly lines: readonly FrameLine[];
  /** On stdout; empty of none. */
  readonly lastLine: string;
  readonly usage: UsageSampler;
  /** MQTT messages that the broker got. */
  readonly messages: number;
}

/**
 * Runs a contender to its end, with a broker of its own, and watches what it uses.
 *
 * @param scratch a folder that goes away after the benchmark
 * @param frames that it is to answer: how long it may take
 * @throws Error with the program's last words where it fails
 */
export async function watchedRun(
  scratch: string,
  frames: number,
  command: (outlets: Outlets) => Command,
): Promise<WatchedRun> {
  const results = join(mkdtempSync(join(scratch, 'run-')), 'results.jsonl');
  const broker = await CountingBroker.start();
  try {
    const program = start(command({ port: broker.port, results }), START_MS + frames * FRAME_MS);
    const usage = new UsageSampler(program.pid);
    usage.start();
    const { lastLine } = await program.ended.finally(() => usage.stop());
    return { lines: readResults(results), lastLine, usage, messages: broker.messages };
  } finally {
    await broker.stop();
  }
}
