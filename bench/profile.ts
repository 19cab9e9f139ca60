import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configSchema } from '../src/config/config.js';
import type { LoadRequest } from '../src/detect/detector.js';
import { WorkerDetector } from '../src/detect/host/worker-detector.js';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { quantile } from '../src/foundation/statistics.js';
import { buildLoadRequest } from '../src/models/load-request.js';
import { ModelRegistry, type RegistryEntry } from '../src/models/registry.js';
import { BruteForce } from '../src/profile/brute-force.js';
import { type Configuration, nameOf, profileSpace } from '../src/profile/configuration.js';
import { comparable } from '../src/profile/measurement.js';
import { type ProfilingResult, runProfile } from '../src/profile/profiling.js';
import { anchorReserve, type PerformanceReading, ProfileSearch, type SearchPlan } from '../src/profile/search.js';
import { ProfileTrial } from '../src/profile/trial.js';
import type { Measurement } from '../src/store/measurement.js';
import { readOptions, text, wholeNumber } from './harness/options.js';
import type { BenchReport, Cell } from './harness/report.js';
import { round } from './harness/statistics.js';
import { GROUP, type Reached, ROUNDS, reached, replay, SHARE } from './profile/replay.js';
import { measureStartUp, type StartUp } from './profile/start-up.js';
import { syntheticSurface } from './profile/synthetic-surface.js';

const USAGE = `npm run -s bench -- profile [--model roadside-n] [--window 400] [--surfaces 500] [--seed 1000] [--starts 10]

How near the search of \`edge-optimizer profile\` comes to measuring everything, and with how many measurements: on this
device, where every configuration is measured and then the search is run for itself, and on made-up devices. --surfaces 0
and --window 0 leave one out. Then the time from starting a worker to its first answer with and without compiled artifacts
(--starts 0 leaves it out).
`;

/** Share of measurements and reached share of the best, on this device and on made-up ones. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    model,
    window: windowMs,
    surfaces,
    seed,
    starts,
  } = readOptions(args, USAGE, {
    model: text('roadside-n'),
    window: wholeNumber({ least: 0, usual: 400 }),
    surfaces: wholeNumber({ least: 0, usual: 500 }),
    seed: wholeNumber({ least: 0, usual: 1000 }),
    starts: wholeNumber({ least: 0, usual: 10 }),
  });
  const rows: Record<string, Cell>[] = [];
  const goals: BenchReport['goals'][number][] = [];
  if (windowMs > 0) {
    const { live, replayed } = await onThisDevice(model, windowMs);
    rows.push(rowOf(`this device, ${model}`, 'searched', live), rowOf('its readings', 'replayed', replayed));
    goals.push(...goalsOf('this device', live), ...goalsOf('readings of this device, replayed', replayed));
  }
  if (surfaces > 0) {
    const made = onMadeUp(seed, surfaces);
    for (const [name, q] of [
      ['median', 0.5],
      ['worst of 20', 0.05],
      ['worst', 0],
    ] as const) {
      rows.push(rowOf(`${surfaces} made-up devices`, name, quantilesOf(made, q)));
    }
    const both = (one: Reached) => one.latency >= 0.95 && one.throughput >= 0.95 && one.measuredShare <= 0.25;
    const share = round(made.filter(both).length / made.length);
    goals.push(...goalsOf('made-up devices, median', quantilesOf(made, 0.5)));
    goals.push({ name: 'made-up devices on which all three hold', value: share, goal: '>= 0.95', met: share >= 0.95 });
  }
  if (starts > 0) for (const model of ['roadside-n', 'roadside-s']) rows.push(startRow(await startUpOf(model, starts)));
  return { name: 'profile', rows, goals, notes: NOTES };
}

const NOTES = [
  'latency, throughput: of what the search found best, against the best that brute force found; worstVariant…: the same within each variant, the variant that came off worst. searched: both measured again side by side. replayed: the search told the readings of brute force.',
  'measuredShare: windows of the search over windows of brute force, those for drift included.',
];

function rowOf(space: string, which: string, one: Reached): Record<string, Cell> {
  return {
    space,
    which,
    configurations: one.space,
    measuredShare: round(one.measuredShare),
    latency: round(one.latency),
    throughput: round(one.throughput),
    worstVariantLatency: round(one.worstVariantLatency),
    worstVariantThroughput: round(one.worstVariantThroughput),
  };
}

function goalsOf(where: string, { measuredShare, latency, throughput }: Reached): BenchReport['goals'] {
  return [
    { name: `${where}: share measured`, value: round(measuredShare), goal: '<= 0.25', met: measuredShare <= 0.25 },
    { name: `${where}: best latency reached`, value: round(latency), goal: '>= 0.95', met: latency >= 0.95 },
    { name: `${where}: best throughput reached`, value: round(throughput), goal: '>= 0.95', met: throughput >= 0.95 },
  ];
}

function onMadeUp(seed: number, surfaces: number): Reached[] {
  return Array.from({ length: surfaces }, (_, i) => {
    const surface = syntheticSurface(seed + i);
    return replay(surface.space, surface.variants, surface);
  });
}

/** Each column by itself: for measuredShare and space a large number is the bad one. */
function quantilesOf(all: readonly Reached[], q: number): Reached {
  const of = (name: keyof Reached, at: number): number =>
    quantile(
      all.map((one) => one[name]),
      at,
    )!;
  return {
    space: of('space', 0.5),
    measuredShare: of('measuredShare', 1 - q),
    latency: of('latency', q),
    throughput: of('throughput', q),
    worstVariantLatency: of('worstVariantLatency', q),
    worstVariantThroughput: of('worstVariantThroughput', q),
  };
}

/**
 * Brute force, then the search with measurements of its own. What each found best is measured once more, side by side in
 * interleaved rounds, and only these readings are compared: a busy minute, or a lucky reading, is then nobody's.
 */
async function onThisDevice(model: string, windowMs: number): Promise<{ live: Reached; replayed: Reached }> {
  const entries = await variantsOf(model);
  const variants = entries.map(({ variant }) => variant);
  const space = profileSpace({ variants, providers: ['cpu'], cpus: availableParallelism() });
  const everything = await profileWith(new BruteForce(space, GROUP), entries, windowMs, 'brute force');
  const reserve = anchorReserve(space.length, SHARE, GROUP, ROUNDS);
  const search = new ProfileSearch(space, { variants, share: SHARE, group: GROUP, reserve });
  const found = await profileWith(search, entries, windowMs, 'search');
  const finalists = new Map([...bests(everything), ...bests(found)].map((one) => [nameOf(one), one]));
  const judged = [...finalists.values()];
  const side = await profileWith(new BruteForce(judged, judged.length), entries, windowMs, 'side by side');
  const truths = new Map(side.measurements.map((one) => [nameOf(one), readingOf(one)]));
  const measured = found.measurements.map((one) => ({ configuration: one, reading: readingOf(one) }));
  const live = reached(judged, measured, (one) => truths.get(nameOf(one))!);
  const readings = new Map(everything.measurements.map((one) => [nameOf(one), readingOf(one)]));
  const known = (one: Configuration): PerformanceReading => readings.get(nameOf(one))!;
  return {
    live: { space: space.length, measuredShare: found.windows / (space.length * ROUNDS), ...live },
    replayed: replay(space, variants, { measure: known, truth: known }),
  };
}

/** Of each variant, the configuration with the lowest latency and the one with the highest throughput. */
function bests({ measurements }: ProfilingResult): Measurement[] {
  const all = measurements.map((one) => ({ one, reading: readingOf(one) }));
  return [...new Set(measurements.map(({ variant }) => variant))].flatMap((variant) => {
    const own = all.filter(({ one }) => one.variant === variant);
    return [
      own.reduce((a, b) => (b.reading.p50Ms < a.reading.p50Ms ? b : a)).one,
      own.reduce((a, b) => (b.reading.imagesPerSecond > a.reading.imagesPerSecond ? b : a)).one,
    ];
  });
}

function readingOf(measurement: Measurement): PerformanceReading {
  const reading = comparable(measurement);
  if (reading === null) throw new Error(`${nameOf(measurement)} could not be measured: ${measurement.failure}`);
  return reading;
}

async function profileWith(
  plan: SearchPlan,
  entries: readonly RegistryEntry[],
  windowMs: number,
  label: string,
): Promise<ProfilingResult> {
  const began = performance.now();
  const byId = new Map(entries.map((entry) => [entry.variant.id, entry]));
  const result = await runProfile({
    plan,
    model: entries[0]!.manifest.name,
    sha256Of: (variant) => byId.get(variant)!.variant.sha256,
    createTrial: (configuration) => createTrial(configuration, byId.get(configuration.variant)!),
    known: [],
    rounds: ROUNDS,
    windowMs,
    budgetMs: null,
    signal: new AbortController().signal,
    keep: () => undefined,
    root: '/',
  });
  const seconds = (performance.now() - began) / 1000;
  process.stderr.write(`${label}: ${result.measured} configurations in ${seconds.toFixed(0)} s\n`);
  return result;
}

function createTrial(configuration: Configuration, entry: RegistryEntry): ProfileTrial {
  const { width, height } = entry.variant;
  return new ProfileTrial({
    request: { ...requestFor(entry, configuration.threads), batchSizes: [configuration.batch] },
    workers: configuration.workers,
    createDetector: () => new WorkerDetector({ deadlineMs: 60_000, loadDeadlineMs: 60_000 }),
    pictures: [new Uint8Array(width * height * 3).fill(114)],
    rails: null,
    root: '/',
    now: () => performance.now(),
  });
}

async function variantsOf(model: string): Promise<RegistryEntry[]> {
  const registry = await ModelRegistry.open(join(PROJECT_ROOT, 'models'));
  const { manifest } = await registry.find(model);
  return Promise.all(manifest.variants.map(({ id }) => registry.find(model, id)));
}

function requestFor(entry: RegistryEntry, threads: number): LoadRequest {
  const config = configSchema.parse({ detector: { intraOpThreads: threads } });
  return buildLoadRequest(entry, config.model, config.detector);
}

async function startUpOf(model: string, starts: number): Promise<StartUp> {
  const [entry] = await variantsOf(model);
  return measureStartUp(requestFor(entry!, 1), starts);
}

function startRow({ model, ...times }: StartUp): Record<string, Cell> {
  return { space: `start-up ${model}`, ...times };
}
