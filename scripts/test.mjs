// `npm test [-- [--times] FILTER]`: set-up, types, lint, imports, then every test file in a process of its own.
// --times lists the processor time of each at the end, with that of what it started.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, setPriority } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { mappedStack } from './mapped-stack.mjs';
import { restMeter } from './processor-rest.mjs';
import { ensureReady, root } from './setup.mjs';

const TIMEOUT_MS = 240_000;
/** Those that make a bundle, and another system to try it on; the longest first. */
const LONG = ['roots', 'arm64', 'package'].map((name) => `scripts/check-${name}.test.ts`);
const LONG_TIMEOUT_MS = 1_500_000;
/** Lower than that of the others, which must answer in time. */
const LONG_PRIORITY = 2;
/** Over which time the processors' rest is looked at, and how much of one makes room for one more. */
const REST_WINDOW_MS = 1500;
const REST_TO_USE = 0.5;
const SOURCES = ['src', 'bench', 'scripts', 'test'];
const END_FAILED = pathToFileURL(join(root, 'scripts/end-failed-tests.mjs')).href;
const TELL_CPU = pathToFileURL(join(root, 'scripts/tell-cpu.mjs')).href;
const listsTimes = process.argv.includes('--times');
const filters = process.argv.slice(2).filter((argument) => argument !== '--times');

await ensureReady({ forDevelopment: true });
const totals = { passed: 0, failed: 0, skipped: 0 };
const skips = [];
/** What failed, with all that it said: told once more at the end, where a log that was cut still has it. */
const failures = [];
/** Processor seconds by file. */
const cpuOf = new Map();

const files = readdirSync(join(root, 'test'), { recursive: true })
  .filter((name) => name.endsWith('.test.ts') && (filters.length === 0 || filters.some((f) => name.includes(f))))
  .sort();
for (const file of files) requireRuns(file);
const checks = [
  [
    'imports between folders',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    ...SOURCES,
  ],
  ['lint and format', '@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.'],
].map((command) => () => check(...command));
const runs = (names) => names.map((file) => () => runFile(file));
// the long ones wait for much of their time, for a registry and for a service that is watched: they have a lane of their own
const queue = [...(filters.length === 0 ? checks : []), ...runs(files.filter((file) => !LONG.includes(file)))];
const long = runs(LONG.filter((file) => files.includes(file)));
await Promise.all([
  // what is left of the long ones when the others are through
  inParallel(queue, width()).then(() => inParallel(long, 1)),
  whileAtRest(queue),
  inParallel(long, 1),
]);

for (const [file, seconds] of [...cpuOf].sort(([, a], [, b]) => b - a))
  console.log(`${seconds.toFixed(1).padStart(7)} s of a processor  test/${file}`);

if (failures.length > 0) console.log(`\nonce more, what failed:\n${failures.join('\n')}`);
if (skips.length > 0)
  console.log(`\nskipped for want of an optional part:\n${skips.map((line) => `  ${line}`).join('\n')}`);
if (files.length === 0) {
  console.log(`no test file matches ${filters.join(' ')}`);
  totals.failed++;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed${totals.skipped ? `, ${totals.skipped} skipped` : ''}`);
process.exit(totals.failed > 0 ? 1 : 0);

/** One more than there are processors is no sooner done, and what must answer in time does not; but see `whileAtRest`. */
function width() {
  return Math.min(4, availableParallelism());
}

async function check(name, script, ...args) {
  const { code, output, seconds } = await ended([join(root, 'node_modules', script), ...args], LONG_TIMEOUT_MS);
  report(code === 0, name, `${seconds.toFixed(1)} s`, output);
  totals[code === 0 ? 'passed' : 'failed']++;
}

/** uvu passes a suite silently when nobody calls its run(): refuse such a file. */
function requireRuns(file) {
  const source = readFileSync(join(root, 'test', file), 'utf8');
  const suites = [...source.matchAll(/(?:const|let)\s+(\w+)\s*=\s*(?:uvu\.)?suite\s*[<(]/g)].map((match) => match[1]);
  if (/import\s*\{[^}]*\btest\b[^}]*\}\s*from 'uvu'/.test(source)) suites.push('test');
  for (const suite of suites) {
    if (new RegExp(`^${suite}\\.run\\(\\)`, 'm').test(source)) continue;
    report(false, `test/${file}`, '', `the suite '${suite}' is never run: end the file with ${suite}.run();`);
    totals.failed++;
  }
}

async function runFile(file) {
  const script = join(root, 'dist/test', file.replace(/\.ts$/, '.js'));
  const isLong = LONG.includes(file);
  const imported = [END_FAILED, ...(listsTimes ? [TELL_CPU] : [])].flatMap((module) => ['--import', module]);
  const { code, output, seconds } = await ended([...imported, script], isLong ? LONG_TIMEOUT_MS : TIMEOUT_MS, isLong);
  const cpu = /^cpu: ([\d.]+)$/m.exec(output);
  if (cpu !== null) cpuOf.set(file, Number(cpu[1]));
  settle(file, code, output, seconds);
}

/** Runs Node to its end, or kills it. */
function ended(args, timeoutMs, isLong = false) {
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, FORCE_COLOR: '0' } });
  if (isLong && child.pid !== undefined) setPriority(child.pid, LONG_PRIORITY);
  let output = '';
  const append = (chunk) => (output += chunk);
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const timer = setTimeout(() => {
    append(`\nended after ${timeoutMs / 1000} s without finishing`);
    child.kill('SIGKILL');
  }, timeoutMs);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, seconds: (performance.now() - started) / 1000 });
    });
  });
}

function settle(file, code, output, seconds) {
  const sum = (word) =>
    [...output.matchAll(new RegExp(`^\\s*${word}:\\s+(\\d+)`, 'gm'))].reduce((n, m) => n + Number(m[1]), 0);
  const [total, passed, skipped] = [sum('Total'), sum('Passed'), sum('Skipped')];
  // uvu leaves the skipped ones out of its total
  const ran = /^\s*Total:\s+\d+/m.test(output) && total + skipped > 0;
  const failed = ran ? total - passed : 0;
  const ok = code === 0 && ran && failed === 0;
  totals.passed += passed;
  totals.skipped += skipped;
  totals.failed += ok ? 0 : Math.max(1, failed);
  skips.push(
    ...output
      .split('\n')
      .filter((line) => line.startsWith('SKIPPED'))
      .map((line) => `${line.slice(8)} [${file}]`),
  );
  report(
    ok,
    `test/${file}`,
    `${passed} passed${skipped ? `, ${skipped} skipped` : ''}, ${seconds.toFixed(1)} s`,
    ran ? output : `${output}\nno test ran (exit code ${code})`,
  );
}

function report(ok, name, detail, output) {
  const line = `${ok ? 'ok    ' : 'FAILED'} ${name}${detail && ` (${detail})`}`;
  console.log(line);
  if (ok) return;
  const said = mappedStack(output).trimEnd().replace(/^/gm, '    | ');
  console.log(said);
  failures.push(`${line}\n${said}`);
}

/** Takes from `queue` what is next. */
async function inParallel(queue, width) {
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let work = queue.shift(); work !== undefined; work = queue.shift()) await work();
    }),
  );
}

/** One more at a time while those that run wait for something else than a processor. */
async function whileAtRest(queue) {
  const rest = restMeter();
  while (queue.length > 0) {
    await sleep(REST_WINDOW_MS);
    if (rest() >= REST_TO_USE) await queue.shift()?.();
  }
}
