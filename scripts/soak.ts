import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { treeUsage } from '../bench/process-tree.js';
import { quantile } from '../bench/statistics.js';
import { PROJECT_ROOT } from '../src/root.js';

/*
 * Runs the runtime for a long time and shows whether its memory grows: 30 minutes on four simulated cameras unless told
 * otherwise. Passes when the whole tree's median RSS in the last quarter after the warm-up is no higher than in the first,
 * within the tolerance, and the run itself ends well.
 */

const USAGE = `node dist/scripts/soak.js [--minutes 30] [--warmup 5] [--source URL]… [--samples FILE.csv] [-- more run options]

Prints one JSON line at the end; exit code 1 if memory grew by more than --tolerance (percent, default 3).
`;
const SAMPLE_MS = 10_000;
const MIB = 2 ** 20;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    minutes: { type: 'string', default: '30' },
    warmup: { type: 'string', default: '5' },
    tolerance: { type: 'string', default: '3' },
    source: { type: 'string', multiple: true, default: ['sim://road?traffic=mixed&cameras=4'] },
    samples: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const seconds = Number(values.minutes) * 60;
const warmupS = Number(values.warmup) * 60;
const sources = values.source.flatMap((url) => ['--source', url]);
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
    ...positionals,
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);

const samples: { atS: number; rssMiB: number; processes: number }[] = [];
const started = performance.now();
if (values.samples) writeFileSync(values.samples, 'seconds,rss_mib,processes\n');
const timer = setInterval(() => {
  const { rssBytes, processes } = treeUsage(child.pid!);
  const sample = {
    atS: Math.round((performance.now() - started) / 1000),
    rssMiB: Math.round(rssBytes / MIB),
    processes,
  };
  samples.push(sample);
  if (values.samples) appendFileSync(values.samples, `${sample.atS},${sample.rssMiB},${sample.processes}\n`);
  if (samples.length % 30 === 0)
    process.stderr.write(`${sample.atS} s: ${sample.rssMiB} MiB in ${processes} processes\n`);
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
  const rss = (some: typeof samples): number | null =>
    quantile(
      some.map(({ rssMiB }) => rssMiB),
      0.5,
    );
  const [earlyMiB, lateMiB] = [rss(early), rss(late)];
  const growthPercent = earlyMiB !== null && lateMiB !== null ? ((lateMiB - earlyMiB) / earlyMiB) * 100 : null;
  const flat = growthPercent !== null && growthPercent <= Number(values.tolerance);
  const peakMiB = Math.max(0, ...samples.map(({ rssMiB }) => rssMiB));
  process.stdout.write(
    `${JSON.stringify({ minutes: seconds / 60, earlyMiB, lateMiB, growthPercent, peakMiB, flat, exitCode, summary: JSON.parse(lastLine || 'null') })}\n`,
  );
  process.exitCode = flat && exitCode === 0 ? 0 : 1;
}
