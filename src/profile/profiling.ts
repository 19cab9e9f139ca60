import { readTemperature } from '../board/readings.js';
import { explain, ModelError } from '../foundation/errors.js';
import type { Measurement } from '../store/measurement.js';
import { type Configuration, nameOf } from './configuration.js';
import { comparable, summarizeWindows } from './measurement.js';
import type { SearchPlan } from './search.js';
import type { ProfileTrial, WindowReading } from './trial.js';

export interface ProfilingOptions {
  readonly plan: SearchPlan;
  readonly model: string;
  /** sha256 of a variant's file. */
  readonly sha256Of: (variant: string) => string;
  readonly createTrial: (configuration: Configuration) => ProfileTrial;
  /** Measured earlier on this device: not measured again. */
  readonly known: readonly Measurement[];
  /** Windows per configuration. */
  readonly rounds: number;
  /** Length of a window; a slow model takes longer. */
  readonly windowMs: number;
  /** Milliseconds it may take; null: until the plan has nothing more. */
  readonly budgetMs: number | null;
  readonly signal: AbortSignal;
  /** Called after every group with what it gave: whatever is interrupted afterwards, this is kept. */
  readonly keep: (measurements: readonly Measurement[]) => void;
  readonly onProgress?: (progress: ProfilingProgress) => void;
  readonly root: string;
  /** Milliseconds, and Unix ms. */
  readonly now?: () => number;
  readonly clock?: () => number;
}

export interface ProfilingProgress {
  /** Windows measured in this run, and how many there will be at most. */
  readonly done: number;
  readonly most: number;
  /** What is left by the time that those before took, and by the budget. */
  readonly leftMs: number;
  readonly current: string;
}

export interface ProfilingResult {
  /** Of earlier runs and of this one. */
  readonly measurements: readonly Measurement[];
  /** Measured in this run. */
  readonly measured: number;
  /** Windows of this run, those of the anchor included. */
  readonly windows: number;
  /** Why it ended. */
  readonly ended: 'done' | 'budget' | 'interrupted';
}

/** Start of a worker and warm-up, before anything was measured: only for the first estimate of the time left. */
const GUESSED_LOAD_MS = 700;

/** Measures what the plan asks for, group by group, every group in interleaved rounds, so that drift hits all of it alike. */
export async function runProfile(options: ProfilingOptions): Promise<ProfilingResult> {
  return new Profiling(options).run();
}

class Profiling {
  readonly #options: ProfilingOptions;
  readonly #now: () => number;
  readonly #began: number;
  readonly #measurements: Measurement[] = [];
  /** The first configuration that could be measured stays loaded and is measured once more with every later group. */
  #anchor: { readonly trial: ProfileTrial; readonly imagesPerSecond: number } | null = null;
  #done = 0;
  #windows = 0;
  readonly #mostNew: number;

  constructor(options: ProfilingOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#began = this.#now();
    for (const measurement of options.known) this.#learn(measurement);
    this.#mostNew = Math.max(0, options.plan.most - options.known.filter(({ failure }) => failure === null).length);
  }

  async run(): Promise<ProfilingResult> {
    const { plan } = this.#options;
    try {
      while (!this.#stopped()) {
        const group = plan.next();
        if (group.length === 0) return this.#result('done');
        await this.#measure(group);
      }
      return this.#result(this.#options.signal.aborted ? 'interrupted' : 'budget');
    } finally {
      await this.#anchor?.trial.close();
    }
  }

  #result(ended: ProfilingResult['ended']): ProfilingResult {
    return { measurements: this.#measurements, measured: this.#done, windows: this.#windows, ended };
  }

  #learn(measurement: Measurement): void {
    this.#measurements.push(measurement);
    const reading = comparable(measurement);
    if (reading) this.#options.plan.record(measurement, reading);
    else this.#options.plan.fail(measurement, false);
  }

  async #measure(group: readonly Configuration[]): Promise<void> {
    const open: OpenTrial[] = [];
    const kept: Measurement[] = [];
    try {
      for (const configuration of group) {
        if (this.#stopped()) break;
        this.#tell(configuration);
        const result = await this.#open(configuration);
        if ('trial' in result) open.push(result);
        else kept.push(result);
      }
      const drift = await this.#driftNow();
      kept.push(...(await this.#rounds(open, drift)));
    } finally {
      await Promise.all(open.map(({ trial }) => trial !== this.#anchor?.trial && trial.close()));
    }
    for (const measurement of kept) this.#learn(measurement);
    this.#done += kept.length;
    if (kept.length > 0) this.#options.keep(kept);
  }

  async #open(configuration: Configuration): Promise<OpenTrial | Measurement> {
    const temperatureBefore = readTemperature(this.#options.root);
    const trial = this.#options.createTrial(configuration);
    try {
      const { loadMs, warmupMs } = await trial.open();
      return { configuration, trial, temperatureBefore, loadMs: loadMs + warmupMs, windows: [], failure: null };
    } catch (error) {
      await trial.close();
      // a model that is refused is refused with more threads and workers too; a larger batch may be what is refused
      this.#options.plan.fail(configuration, error instanceof ModelError && configuration.batch === 1);
      return this.#entry({ configuration, temperatureBefore, loadMs: null, windows: [], failure: explain(error) }, 1, {
        rssBytes: null,
        acceleratorBytes: null,
      });
    }
  }

  /** Each round begins with another trial, so that none always comes first. */
  async #rounds(open: readonly OpenTrial[], drift: number): Promise<Measurement[]> {
    const { rounds, windowMs, signal } = this.#options;
    for (let round = 0; round < rounds; round++) {
      for (let i = 0; i < open.length && !this.#stopped(); i++) {
        const one = open[(i + round) % open.length]!;
        if (one.failure !== null) continue;
        this.#tell(one.configuration);
        try {
          const window = await one.trial.window(windowMs, signal);
          if (window) one.windows.push(window);
          this.#windows++;
        } catch (error) {
          one.failure = explain(error);
        }
      }
    }
    const measured = open.filter(({ windows, failure }) => windows.length > 0 || failure !== null);
    const entries = await Promise.all(
      measured.map(async (one) => {
        const onAccelerator = one.configuration.provider !== 'cpu';
        const acceleratorBytes = onAccelerator ? await one.trial.acceleratorBytes() : 0;
        return this.#entry(one, drift, { rssBytes: one.trial.residentBytes(), acceleratorBytes });
      }),
    );
    const first = entries.findIndex(({ failure }) => failure === null);
    if (this.#anchor === null && first >= 0) {
      this.#anchor = { trial: measured[first]!.trial, imagesPerSecond: entries[first]!.imagesPerSecond! };
    }
    return entries;
  }

  async #driftNow(): Promise<number> {
    if (this.#anchor === null || this.#stopped()) return 1;
    const { trial, imagesPerSecond } = this.#anchor;
    const window = await trial.window(this.#options.windowMs, this.#options.signal).catch(() => null);
    this.#windows++;
    return window === null ? 1 : window.imagesPerSecond / imagesPerSecond;
  }

  #entry(
    one: Omit<OpenTrial, 'trial'>,
    drift: number,
    memory: Pick<Measurement, 'rssBytes' | 'acceleratorBytes'>,
  ): Measurement {
    const { model, sha256Of, root, clock = Date.now } = this.#options;
    const { variant, provider, threads, batch, workers } = one.configuration;
    return {
      variant,
      provider,
      threads,
      batch,
      workers,
      model,
      sha256: sha256Of(variant),
      measuredAt: clock(),
      ...summarizeWindows(one.failure === null ? one.windows : []),
      ...memory,
      temperatureBefore: one.temperatureBefore,
      temperatureAfter: readTemperature(root),
      drift,
      loadMs: one.loadMs,
      failure: one.failure,
    };
  }

  #stopped(): boolean {
    const { signal, budgetMs } = this.#options;
    return signal.aborted || (budgetMs !== null && this.#now() - this.#began >= budgetMs);
  }

  #tell(configuration: Configuration): void {
    const { onProgress, rounds, windowMs, budgetMs } = this.#options;
    if (!onProgress) return;
    const spent = this.#now() - this.#began;
    const windows = this.#mostNew * rounds;
    const each = this.#windows > 0 ? spent / this.#windows : windowMs + GUESSED_LOAD_MS / rounds;
    const byWork = Math.max(0, each * (windows - this.#windows));
    onProgress({
      done: Math.min(this.#windows, windows),
      most: windows,
      leftMs: budgetMs === null ? byWork : Math.min(byWork, Math.max(0, budgetMs - spent)),
      current: nameOf(configuration),
    });
  }
}

interface OpenTrial {
  readonly configuration: Configuration;
  readonly trial: ProfileTrial;
  readonly temperatureBefore: number | null;
  readonly loadMs: number | null;
  readonly windows: WindowReading[];
  failure: string | null;
}
