import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { CountingBroker } from '../harness/counting-broker.js';
import { treeUsage } from '../harness/process-tree.js';
import { type Command, start } from '../harness/program.js';
import type { Bench, Case } from './case.js';
import { naive, oursCommand } from './contenders.js';
import { medianOf } from './outcome.js';

const CAMERAS = 4;
const SAMPLE_MS = 200;
const START_MS = 120_000;

/** Largest sums over all processes of a contender, in bytes; null where /proc does not tell. */
export interface PeakMemory {
  readonly rss: number | null;
  readonly pss: number | null;
}

/** null of a contender that never finished. */
export function medianMemory(peaks: readonly PeakMemory[]): PeakMemory | null {
  if (peaks.length === 0) return null;
  return { rss: medianOf(peaks.map(({ rss }) => rss)), pss: medianOf(peaks.map(({ pss }) => pss)) };
}

/** Four of the clips, spread over the list; one comes again where there are fewer; none of none. */
export function fourOf<T>(clips: readonly T[]): T[] {
  if (clips.length === 0) return [];
  const step = Math.max(1, clips.length / CAMERAS);
  return Array.from({ length: CAMERAS }, (_, i) => clips[Math.floor(i * step) % clips.length]!);
}

/** One naive script per camera, as such scripts are run, all at the same time. */
export function naiveMemory(bench: Bench, clips: readonly Case[]): Promise<PeakMemory> {
  return peakMemory(bench, (port, results) =>
    clips.map((clip, i) => {
      const frames = Math.ceil(clip.fps * bench.pacedSeconds);
      return naive.command(bench, clip, { pace: 'realtime', frames, port, results: results(i) });
    }),
  );
}

/** This program with four cameras, everything else as it comes. */
export function fullMemory(bench: Bench, clips: readonly Case[]): Promise<PeakMemory> {
  return peakMemory(bench, (port, results) => {
    const fps = clips.reduce((sum, clip) => sum + clip.fps, 0) / clips.length;
    const frames = Math.ceil(fps * bench.pacedSeconds);
    return [oursCommand(bench, clips, { pace: 'realtime', frames, port, results: results(0) }, {})];
  });
}

type Commands = (port: number, results: (i: number) => string) => readonly Command[];

async function peakMemory(bench: Bench, commands: Commands): Promise<PeakMemory> {
  const folder = mkdtempSync(join(bench.scratch, 'cameras-'));
  const broker = await CountingBroker.start();
  let rss: number | null = null;
  let pss: number | null = null;
  try {
    const programs = commands(broker.port, (i) => join(folder, `${i}.jsonl`)).map((command) =>
      start(command, START_MS + bench.pacedSeconds * 10_000),
    );
    const sample = () => {
      const usages = programs.map(({ pid }) => treeUsage(pid, true));
      rss = Math.max(rss ?? 0, total(usages.map(({ rssBytes }) => rssBytes)));
      // a process that ends while it is read has no proportional set: that sample is left out
      if (usages.every(({ pssBytes }) => pssBytes !== null))
        pss = Math.max(pss ?? 0, total(usages.map(({ pssBytes }) => pssBytes!)));
    };
    const timer = process.platform === 'linux' ? setInterval(sample, SAMPLE_MS) : null;
    const ends = await Promise.allSettled(programs.map(({ ended }) => ended)).finally(() => clearInterval(timer!));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return { rss, pss };
  } finally {
    await broker.stop();
  }
}

const total = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
