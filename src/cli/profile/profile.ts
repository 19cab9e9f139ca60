import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { coresWithin } from '../../board/cpu-quota.js';
import { type Fingerprint, fingerprintId } from '../../board/fingerprint.js';
import { findPowerRails } from '../../board/readings.js';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import { sessionSizes } from '../../detect/batch-sizes.js';
import { WorkerDetector } from '../../detect/host/worker-detector.js';
import { ConfigError } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { createLog } from '../../foundation/log.js';
import { hostOf } from '../../models/default-variant.js';
import { buildLoadRequest } from '../../models/load-request.js';
import { ModelRegistry, type RegistryEntry } from '../../models/registry.js';
import { wantedNames } from '../../models/wanted-model.js';
import { BruteForce } from '../../profile/brute-force.js';
import { type Configuration, nameOf, profileSpace } from '../../profile/configuration.js';
import { deviceFingerprint, placeAt } from '../../profile/device-fingerprint.js';
import { type ProfilingResult, runProfile } from '../../profile/profiling.js';
import { anchorReserve, ProfileSearch } from '../../profile/search.js';
import { ProfileTrial } from '../../profile/trial.js';
import { openDatabase } from '../../store/database.js';
import type { Measurement } from '../../store/measurement.js';
import { PROFILE_MIGRATIONS } from '../../store/migrations.js';
import { Profiles } from '../../store/profiles.js';
import { workBar } from '../progress.js';
import { fixedBatches, notesOnBounds, type ProfileBounds, traitsOf } from './bounds.js';
import { type ProfileFlags, type ProfileLimits, providerConfig, readProfileFlags } from './flags.js';
import { letterboxed, roadFrames } from './pictures.js';
import { describeProfile, profileJson } from './report.js';

/** Share of the configurations that the search may measure. */
const SEARCH_SHARE = 0.25;
/** Configurations that are measured in interleaved rounds. */
const GROUP = 4;
const ROUNDS = 3;
const WINDOW_MS = 1000;
/** A first run on a slow board may take longer than a frame is allowed to. */
const LEAST_DEADLINE_MS = 60_000;
/** More than this share of the cores in use by others makes the numbers theirs. */
const BUSY = 0.5;

export interface ProfileParts {
  /** `/`; tests give others. */
  readonly root?: string;
  /** Ends the profile; default: SIGINT and SIGTERM. */
  readonly signal?: AbortSignal;
  readonly write?: (text: string) => void;
  /** What the workers are given to look at: RGB24 of 640×360; default: frames of busy simulated traffic. */
  readonly frames?: readonly Uint8Array[];
  /** Called whenever measurements were stored. */
  readonly onKept?: (measurements: readonly Measurement[]) => void;
}

/**
 * `edge-optimizer profile`: measures how a model's variants run on this device, keeps it and prints it. What was measured
 * before on the same device is not measured again; a signal or the end of the budget leaves a valid partial profile.
 *
 * @returns the exit code: 1 where nothing could be measured
 * @throws ConfigError for flags and configuration, ModelError where there is no such model or variant
 */
export async function profile(flags: ProfileFlags, parts: ProfileParts = {}): Promise<number> {
  const limits = readProfileFlags(flags);
  const { config } = await namedModel(
    loadConfig({
      ...(flags.config !== undefined && { file: flags.config }),
      env: process.env,
      flags: { 'model.name': flags.model },
      flagNames: { 'model.name': '--model' },
    }),
  );
  const root = parts.root ?? '/';
  const entries = await findVariants(config, limits);
  const place = placeAt(root);
  const bounds = { batches: fixedBatches(entries), ...place };
  const providers = limits.providers ?? config.detector.providers.map(({ name }) => name);
  const devices = new Map(providers.map((name) => [name, deviceFingerprint(config.detector, name, place)]));
  const file = join(fromRoot(config.store.dir), 'profiles.db');
  const log = createLog(config.output.logLevel);
  const profiles = new Profiles({
    open: () => openDatabase({ file, migrations: PROFILE_MIGRATIONS, log, busyTimeoutMs: 2000 }),
    log,
  });
  profiles.start();
  try {
    const job = { config, limits, flags, entries, bounds, devices, profiles, root };
    const outcome = flags.show ? stored(job) : await measure(job, parts);
    const report = {
      model: config.model.name,
      variants: [...entries.values()].map(({ variant }) => variant),
      devices: [...devices.values()],
      earlier: profiles.devices(config.model.name),
      notes: notesOnBounds(bounds, limits.threads !== undefined),
      ...outcome,
    };
    const write = parts.write ?? ((text: string) => void process.stdout.write(text));
    write(flags.json ? `${JSON.stringify(profileJson(report))}\n` : describeProfile(report));
    return outcome.result.measurements.some(({ failure }) => failure === null) ? 0 : 1;
  } finally {
    profiles.stop();
    if (profiles.pending > 0)
      process.stderr.write(`note: ${profiles.pending} measurements could not be kept in ${file}\n`);
  }
}

/** One model is measured: where the configuration leaves the choice, the one that `run` would begin with. */
async function namedModel({ config }: { readonly config: Config }): Promise<{ readonly config: Config }> {
  const registry = await ModelRegistry.open(fromRoot(config.model.dir));
  const [name] = wantedNames(registry, config.model, hostOf(config.detector.providers[0]!.name));
  return { config: { ...config, model: { ...config.model, name: name! } } };
}

interface Job {
  readonly config: Config;
  readonly limits: ProfileLimits;
  readonly flags: ProfileFlags;
  readonly entries: ReadonlyMap<string, RegistryEntry>;
  readonly bounds: ProfileBounds;
  /** By provider name. */
  readonly devices: ReadonlyMap<string, Fingerprint>;
  readonly profiles: Profiles;
  readonly root: string;
}

interface Outcome {
  readonly result: ProfilingResult;
  /** How many configurations there are. */
  readonly space: number;
}

async function findVariants(config: Config, limits: ProfileLimits): Promise<Map<string, RegistryEntry>> {
  const registry = await ModelRegistry.open(fromRoot(config.model.dir));
  const { manifest } = await registry.find(config.model.name);
  const ids = limits.variants ?? manifest.variants.map(({ id }) => id);
  const entries = await Promise.all(ids.map((id) => registry.find(config.model.name, id)));
  return new Map(entries.map((entry) => [entry.variant.id, entry]));
}

function spaceOf({ entries, devices, limits, bounds }: Job): Configuration[] {
  const space = profileSpace({
    variants: traitsOf(entries, bounds),
    providers: [...devices.keys()],
    cpus: coresWithin(bounds),
    threads: limits.threads,
    batches: limits.batches,
    workers: limits.workers,
  });
  if (space.length > 0) return space;
  const why = notesOnBounds(bounds, limits.threads !== undefined).map((note) => ` (${note})`);
  throw new ConfigError('cannot profile', [`the limits leave no configuration to measure${why.join('')}`]);
}

/** What was measured on this very device, of these very files. */
function known({ config, entries, devices, profiles }: Job): Measurement[] {
  return [...devices.values()]
    .flatMap((fingerprint) => profiles.read(fingerprintId(fingerprint), config.model.name))
    .filter((one) => entries.get(one.variant)?.variant.sha256 === one.sha256);
}

function stored(job: Job): Outcome {
  const measurements = known(job);
  return { result: { measurements, measured: 0, windows: 0, ended: 'done' }, space: spaceOf(job).length };
}

async function measure(job: Job, parts: ProfileParts): Promise<Outcome> {
  const { config, flags, limits, entries, bounds, devices, profiles, root } = job;
  const space = spaceOf(job);
  const rounds = flags.rounds ?? ROUNDS;
  const inSpace = new Set(space.map(nameOf));
  const before = flags.fresh
    ? []
    : known(job).filter((one) => inSpace.has(nameOf(one)) && (one.failure !== null || one.rounds >= rounds));
  const plan = flags.bruteForce
    ? new BruteForce(space, GROUP)
    : new ProfileSearch(space, {
        variants: traitsOf(entries, bounds),
        share: SEARCH_SHARE,
        group: GROUP,
        reserve: anchorReserve(space.length, SEARCH_SHARE, GROUP, rounds),
      });
  warnWhereBusy();
  const ending = parts.signal ?? untilSignal();
  const frames = parts.frames ?? (await roadFrames(ending));
  const pictures = new Map([...entries].map(([id, { variant }]) => [id, letterboxed(frames, variant)]));
  const rails = findPowerRails(root);
  const bar = workBar('profile');
  const result = await runProfile({
    plan,
    model: config.model.name,
    sha256Of: (variant) => entries.get(variant)!.variant.sha256,
    createTrial: (configuration) =>
      new ProfileTrial({
        request: requestFor(configuration, job),
        workers: configuration.workers,
        createDetector: () => createDetector(config),
        pictures: pictures.get(configuration.variant) ?? [],
        rails,
        root,
        now: () => performance.now(),
      }),
    known: before,
    rounds,
    windowMs: flags.window ?? WINDOW_MS,
    budgetMs: limits.budgetMs,
    signal: ending,
    keep: (measurements) => {
      for (const [provider, fingerprint] of devices) {
        const own = measurements.filter((one) => one.provider === provider);
        const device = { id: fingerprintId(fingerprint), fingerprint: { ...fingerprint }, seenAt: Date.now() };
        if (own.length > 0) profiles.save(device, own);
      }
      parts.onKept?.(measurements);
    },
    onProgress: bar.update,
    root,
  }).finally(bar.stop);
  return { result, space: space.length };
}

function createDetector({ detector }: Config): WorkerDetector {
  return new WorkerDetector({ ...detector, deadlineMs: Math.max(detector.deadlineMs, LEAST_DEADLINE_MS) });
}

function requestFor({ variant, provider, threads, batch }: Configuration, { config, entries }: Job) {
  const { detector } = config;
  const wanted = providerConfig(provider as 'cpu', detector.providers);
  // what TensorRT does not know runs on CUDA, where the configuration has both
  const behind = provider === 'tensorrt' ? detector.providers.filter(({ name }) => name === 'cuda') : [];
  const settings = { ...detector, intraOpThreads: threads, providers: [wanted, ...behind] };
  // sessions of the smaller sizes take memory in service, where each size has its own
  const batchSizes = sessionSizes(provider, batch);
  return { ...buildLoadRequest(entries.get(variant)!, config.model, settings), batchSizes };
}

/** The first signal ends the profile with what there is; a second one ends the program. */
function untilSignal(): AbortSignal {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  return ending.signal;
}

function warnWhereBusy(): void {
  const [load] = loadavg();
  if (load! <= BUSY * availableParallelism()) return;
  process.stderr.write(
    `note: this device is busy (load ${load!.toFixed(1)}): stop what else runs for numbers of the device alone\n`,
  );
}
