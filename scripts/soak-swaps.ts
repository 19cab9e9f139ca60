import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decimal, optionsOrExit, wholeNumber } from '../bench/harness/options.js';
import { configSchema } from '../src/config/config.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { createLog } from '../src/foundation/log.js';
import { quantile } from '../src/foundation/statistics.js';
import { Runtime } from '../src/runtime/runtime.js';
import type { OperatingPoint } from '../src/tune/operating-point.js';

/*
 * Moves the running detector from operating point to operating point while cameras are answered: variants, both models,
 * workers, threads and batch sizes, beside one another and one after the other. Among the changes are some that must fail:
 * a damaged file, workers that get no memory, a change that is given up; and workers are killed while they load. Shows
 * whether a frame is lost or out of order, whether an answer comes from a point that was replaced before, and whether
 * memory, processes or open files grow.
 */

const USAGE = `node dist/scripts/soak-swaps.js [--swaps 1000] [--cameras 2] [--seed 1] [--tolerance 5]

Prints a JSON object at the end; exit code 1 where a frame was lost, was answered out of order or by a point that was replaced
before, where processes or open files are left, or where the memory of the process and its workers in the last quarter of the
swaps is more than --tolerance percent above that of the second quarter.
`;

const {
  swaps,
  cameras: cameraCount,
  seed,
  tolerance,
} = optionsOrExit(process.argv.slice(2), USAGE, {
  swaps: wholeNumber({ least: 1, usual: 1000 }),
  cameras: wholeNumber({ least: 1, usual: 2 }),
  seed: wholeNumber({ least: 0, usual: 1 }),
  tolerance: decimal({ least: 0, usual: 5 }),
});

const MIB = 2 ** 20;
const MODELS = ['roadside-n', 'roadside-s'];
const VARIANTS = ['int8-fused-320x192', 'fp32-320x192', 'int8-fused-416x256', 'fp32-416x256'];
/** Every so many changes one goes wrong, each time in another way. */
const TROUBLE_EVERY = 5;
const TROUBLES = ['damaged file', 'worker killed while it loads', 'no memory', 'given up', 'no room for two'] as const;
type Trouble = (typeof TROUBLES)[number];

const folder = mkdtempSync(join(tmpdir(), 'edge-soak-swaps-'));
/** Workers that start while this file is there get too little address space to load anything. */
const starve = join(folder, 'starve');
const worker = join(PROJECT_ROOT, 'dist/src/detect/worker/worker.js');
const script = `if [ -e '${starve}' ]; then ulimit -v 700000; fi; exec '${process.execPath}' --max-semi-space-size=1 --expose-gc '${worker}'`;
let random = seed;

/** Chooses with a generator of its own, so that a run can be repeated. */
function any<T>(choices: readonly T[]): T {
  random = (random * 1_103_515_245 + 12_345) % 0x8000_0000;
  return choices[Math.floor((random / 0x8000_0000) * choices.length)]!;
}

/** Both models with small variants, and one of each whose file is damaged. */
function modelsFolder(): string {
  const dir = join(folder, 'models');
  for (const name of MODELS) {
    const from = join(PROJECT_ROOT, 'models', name);
    mkdirSync(join(dir, name), { recursive: true });
    for (const file of readdirSync(from)) copyFileSync(join(from, file), join(dir, name, file));
    const manifest = JSON.parse(readFileSync(join(from, 'model.json'), 'utf8'));
    const whole = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
    const bytes = readFileSync(join(from, whole.file));
    bytes[bytes.length >> 1]! ^= 0xff;
    writeFileSync(join(dir, name, 'damaged.onnx'), bytes);
    manifest.variants.push({ ...whole, id: 'damaged', file: 'damaged.onnx' });
    writeFileSync(join(dir, name, 'model.json'), JSON.stringify(manifest));
  }
  return dir;
}

/** Ids of the processes that this one has started. */
function children(): number[] {
  return readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
}

function residentMib(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const wait = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** What is open, without the numbers and names that tell one pipe, process or shared file from another. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).replace(
        /:\[\d+\]$|(?<=^\/proc\/)\d+|(?<=edge-optimizer-)[\da-f-]+/,
        '',
      );
    } catch {
      return [];
    }
  });
}

/** Of what is open now, what was not so often before. */
function opened(before: readonly string[], now: readonly string[]): string[] {
  const left = [...before];
  return now.filter((file) => {
    const at = left.indexOf(file);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
const authorOf = ({ model, variant }: { readonly model: string; readonly variant: string }) => `${model} ${variant}`;

const config = configSchema.parse({
  cameras: Array.from({ length: cameraCount }, (_, i) => ({
    id: `cam${i}`,
    url: `sim://road?traffic=rush&seed=${i + 2}&width=320&height=180`,
    pace: 'fast',
  })),
  model: { dir: modelsFolder(), name: MODELS[0], variant: VARIANTS[0] },
  detector: { command: ['/bin/sh', '-c', script], slowRetryMs: 500 },
  tune: { enabled: false },
  mqtt: { broker: 'off' },
  http: { enabled: false },
  store: { dir: join(folder, 'store') },
});

const nextSeq = new Map<string, number>();
/** Per camera: what its latest answers came from. */
const authors = new Map<string, string>();
/** What a camera may be answered by: what answers now, and, until the camera has taken that up, what did before. */
let allowed = new Set<string>();
let answered = 0;
let outOfOrder = 0;
let mixed = 0;
const runtime = new Runtime(config, createLog('silent'), {
  onResult: (result) => {
    const { camera, seq } = result;
    answered++;
    if (seq !== (nextSeq.get(camera) ?? 0)) outOfOrder++;
    nextSeq.set(camera, seq + 1);
    const author = authorOf(result);
    if (allowed.size > 0 && !allowed.has(author)) mixed++;
    authors.set(camera, author);
  },
});

await runtime.start();
const { models, knobs } = runtime.parts;
const first = knobs.current;

function anyPoint(): OperatingPoint {
  const { provider } = first.point;
  const [model, variant] = [any(MODELS), any(VARIANTS)];
  return { model, variant, provider, workers: any([1, 2]), intraOpThreads: any([1, 2]), batchSize: any([1, 2, 4]) };
}

/** Has a change go wrong. @returns whether another point answers after it */
async function withTrouble(trouble: Trouble, point: OperatingPoint): Promise<boolean> {
  const fails = (change: Promise<unknown>) =>
    change.then(
      () => true,
      () => false,
    );
  if (trouble === 'damaged file') return fails(models.change({ ...point, variant: 'damaged' }));
  if (trouble === 'no room for two') return fails(models.changeAlone(point));
  if (trouble === 'given up') {
    const abort = new AbortController();
    const changing = fails(models.change(point, abort.signal));
    await wait(any([1, 30, 100]));
    abort.abort(new Error('given up'));
    return changing;
  }
  if (trouble === 'no memory') {
    writeFileSync(starve, '');
    const served = await fails(models.change(point));
    rmSync(starve);
    return served;
  }
  const before = new Set(children());
  const changing = fails(models.change(point));
  await wait(any([20, 80, 150]));
  for (const pid of children()) if (!before.has(pid)) process.kill(pid, 'SIGKILL');
  return changing;
}

async function backToFirst(): Promise<void> {
  allowed.add(authorOf(first.point));
  await knobs.apply(first);
  await takenUp();
}

/** Waits until every camera is answered by the point in use, and lets nothing else answer from then on. */
async function takenUp(): Promise<void> {
  const now = authorOf(models.current!);
  // a frame that was with the point before may still be on its way
  const since = new Map(nextSeq);
  const isTakenUp = () =>
    config.cameras.every(({ id }) => authors.get(id) === now && (nextSeq.get(id) ?? 0) >= (since.get(id) ?? 0) + 2);
  for (let waited = 0; !isTakenUp() && waited < 20_000; waited += 5) await wait(5);
  allowed = new Set([now]);
}

const rss: number[] = [];
const swapMs: number[] = [];
const troubles = Object.fromEntries(TROUBLES.map((trouble) => [trouble, { tried: 0, served: 0 }]));
let failed = 0;
let start: { processes: number; files: string[] } = { processes: 0, files: [] };
for (let swap = 1; swap <= swaps; swap++) {
  const point = anyPoint();
  const before = authorOf(models.current!);
  allowed = new Set([before, authorOf(point)]);
  const began = performance.now();
  if (swap % TROUBLE_EVERY === 0) {
    const trouble = TROUBLES[(swap / TROUBLE_EVERY) % TROUBLES.length]!;
    const counts = troubles[trouble]!;
    counts.tried++;
    if (await withTrouble(trouble, point)) counts.served++;
  } else {
    const undo = await knobs.apply({ ...first, point }).catch(() => null);
    if (undo === null) failed++;
    else if (swap % 7 === 0) await undo();
    swapMs.push(performance.now() - began);
  }
  await takenUp();
  rss.push(process.memoryUsage.rss() / MIB);
  if (swap === 1) {
    await backToFirst();
    await wait(500);
    start = { processes: children().length, files: openFiles() };
  }
}
await backToFirst();
await wait(2500);
const end = { processes: children().length, files: openFiles() };
const workersMib = children().reduce((sum, pid) => sum + residentMib(pid), 0);
const { cameras } = runtime.status();
const dropped = cameras.reduce((sum, camera) => sum + Object.values(camera.dropped).reduce((a, b) => a + b, 0), 0);
const gaps = runtime.parts.metrics.snapshot()['detector_gaps'];
await runtime.stop('the soak is over');
const left = children().length;
rmSync(folder, { recursive: true, force: true });

const quarter = Math.floor(rss.length / 4);
const second = quantile(rss.slice(quarter, 2 * quarter), 0.5)!;
const last = quantile(rss.slice(-quarter), 0.5)!;
const growth = (last / second - 1) * 100;
const round = (value: number): number => Math.round(value * 10) / 10;
process.stdout.write(
  `${JSON.stringify({
    swaps,
    answered,
    dropped,
    outOfOrder,
    mixed,
    failed,
    troubles,
    gaps,
    swapMs: { p50: round(quantile(swapMs, 0.5)!), p95: round(quantile(swapMs, 0.95)!) },
    rssMiB: { first: round(rss[0]!), secondQuarter: round(second), lastQuarter: round(last) },
    growthPercent: round(growth),
    workersMiB: round(workersMib),
    processes: { start: start.processes, end: end.processes, left },
    files: { start: start.files.length, end: end.files.length, opened: opened(start.files, end.files) },
  })}\n`,
);
const lost = dropped + outOfOrder + mixed + failed + left;
const grown = end.processes > start.processes || end.files.length > start.files.length || growth > tolerance;
process.exitCode = lost > 0 || grown ? 1 : 0;
