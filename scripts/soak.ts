import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decimal, optionalText, optionsOrExit, texts } from '../bench/harness/options.js';
import { treeUsage } from '../bench/harness/process-tree.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { quantile } from '../src/foundation/statistics.js';

/*
 * Runs the runtime for a long time and shows whether its memory grows: 30 minutes on four simulated cameras unless told
 * otherwise. Passes when the whole tree's median RSS in the last quarter after the warm-up is no higher than in the first,
 * within the tolerance, and the run itself ends well. Every process is told apart: what grows is named.
 */

const USAGE = `node dist/scripts/soak.js [--minutes 30] [--warmup 5] [--source URL]… [--samples FILE.csv] [-- more run options]

Prints one JSON line at the end; exit code 1 if memory grew by more than --tolerance (percent, default 3).
`;
const SAMPLE_MS = 10_000;
const MIB = 2 ** 20;

const given = process.argv.slice(2);
const forRun = given.indexOf('--') < 0 ? [] : given.splice(given.indexOf('--')).slice(1);
const {
  minutes,
  warmup,
  tolerance,
  source,
  samples: samplesFile,
} = optionsOrExit(given, USAGE, {
  minutes: decimal({ least: 0.1, usual: 30 }),
  warmup: decimal({ least: 0, usual: 5 }),
  tolerance: decimal({ least: 0, usual: 3 }),
  source: texts(['sim://road?traffic=mixed&cameras=4']),
  samples: optionalText,
});

const seconds = minutes * 60;
const warmupS = warmup * 60;
const sources = source.flatMap((url) => ['--source', url]);
const child = spawn(
  process.execPath,
  [
    '--max-semi-space-size=2',
    join(PROJECT_ROOT, 'dist/src/main.js'),
    'run',
    ...sources,
    '--broker',
    'embedded',
    '--duration',
    String(seconds),
    '--json',
    '--log-level',
    'warn',
    ...forRun,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);

/** One process of the tree at one time; pages of files, which it shares, are not in its anonymous memory. */
interface ProcessSample {
  readonly atS: number;
  readonly pid: number;
  readonly name: string;
  readonly rssKiB: number;
  readonly anonKiB: number;
}

const samples: { atS: number; rssMiB: number; processes: number }[] = [];
const perProcess: ProcessSample[] = [];
const started = performance.now();
if (samplesFile) writeFileSync(samplesFile, 'seconds,pid,name,rss_kib,anon_kib\n');
const timer = setInterval(() => {
  const { rssBytes, processes } = treeUsage(child.pid!);
  const sample = {
    atS: Math.round((performance.now() - started) / 1000),
    rssMiB: Math.round(rssBytes / MIB),
    processes,
  };
  samples.push(sample);
  const now = descendantsAndSelf(child.pid!).flatMap((pid) => sampleOf(sample.atS, pid) ?? []);
  perProcess.push(...now);
  if (samplesFile) appendFileSync(samplesFile, now.map((one) => `${Object.values(one).join()}\n`).join(''));
  if (samples.length % 30 === 0) {
    const each = now.map(({ pid, name, anonKiB }) => `${name} ${pid}: ${Math.round(anonKiB / 1024)} anonymous`);
    process.stderr.write(`${sample.atS} s: ${sample.rssMiB} MiB in ${processes} processes (${each.join(', ')})\n`);
  }
}, SAMPLE_MS);

let lastLine = '';
const ended = once(child, 'exit');
for await (const line of createInterface(child.stdout)) lastLine = line;
const [exitCode] = await ended;
clearInterval(timer);
report();

function report(): void {
  const after = samples.filter(({ atS }) => atS >= warmupS);
  const early = after.filter(({ atS }) => atS < warmupS + (seconds - warmupS) / 4);
  const late = after.filter(({ atS }) => atS >= seconds - (seconds - warmupS) / 4);
  const median = (some: readonly number[]): number | null => quantile([...some], 0.5);
  const [earlyMiB, lateMiB] = [median(early.map(({ rssMiB }) => rssMiB)), median(late.map(({ rssMiB }) => rssMiB))];
  const growthPercent = earlyMiB !== null && lateMiB !== null ? ((lateMiB - earlyMiB) / earlyMiB) * 100 : null;
  const flat = growthPercent !== null && growthPercent <= tolerance;
  const peakMiB = Math.max(0, ...samples.map(({ rssMiB }) => rssMiB));
  const quarter = (seconds - warmupS) / 4;
  const processes = [...new Set(perProcess.map(({ pid }) => pid))].map((pid) => {
    const own = perProcess.filter((one) => one.pid === pid);
    const anonMiB = (from: number, to: number): number | null => {
      const then = own.filter(({ atS }) => atS >= from && atS <= to);
      const anonKiB = median(then.map((one) => one.anonKiB));
      return anonKiB === null ? null : Math.round(anonKiB / 102.4) / 10;
    };
    return {
      pid,
      name: own.at(-1)!.name,
      earlyAnonMiB: anonMiB(warmupS, warmupS + quarter),
      lateAnonMiB: anonMiB(seconds - quarter, seconds),
    };
  });
  process.stdout.write(
    `${JSON.stringify({ minutes: seconds / 60, earlyMiB, lateMiB, growthPercent, peakMiB, flat, processes, exitCode, summary: JSON.parse(lastLine || 'null') })}\n`,
  );
  process.exitCode = flat && exitCode === 0 ? 0 : 1;
}

/** Of every process on this machine the parent is asked: a few milliseconds every ten seconds. */
function descendantsAndSelf(root: number): number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [Number(pid), field(statusOf(Number(pid)), 'PPid')] as const);
  const tree = [root];
  for (const pid of tree) tree.push(...parents.filter(([, parent]) => parent === pid).map(([own]) => own));
  return tree;
}

function sampleOf(atS: number, pid: number): ProcessSample | null {
  const status = statusOf(pid);
  const rssKiB = field(status, 'VmRSS');
  const anonKiB = field(status, 'RssAnon');
  if (rssKiB === null || anonKiB === null) return null; // it ended meanwhile
  return { atS, pid, name: /^Name:\s+(.*)$/m.exec(status)![1]!.replaceAll(',', ' '), rssKiB, anonKiB };
}

/** A number of /proc/<pid>/status, sizes in KiB. */
function field(status: string, name: string): number | null {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status);
  return match === null ? null : Number(match[1]);
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // it ended meanwhile
  }
}
