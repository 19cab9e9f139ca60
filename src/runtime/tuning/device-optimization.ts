import type { Config } from '../../config/config.js';
import { OPTIMIZATIONS } from '../../config/optimizations.js';
import { type Clock, systemClock } from '../../foundation/clock.js';
import { declareCommand } from '../../foundation/command.js';
import { explain } from '../../foundation/errors.js';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import type { Log } from '../../foundation/log.js';
import type { Part, Setting } from '../../foundation/part.js';
import { z } from '../../foundation/validate.js';
import { repeatedWord, unknownWord } from '../../http/query-words.js';
import { json, problemReply } from '../../http/server.js';
import type { StoreFile } from '../../store/store-file.js';
import { TrialStore } from '../../store/trials.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { Metrics, Sampled } from '../../telemetry/metrics/metrics.js';
import { OptimizationEngine } from '../../tune/engine/optimization-engine.js';
import type { OptimizationReport } from '../../tune/engine/report.js';
import type { Observation } from '../../tune/observation.js';
import type { Optimization } from '../../tune/optimization-strategy.js';
import { TRIAL_STUCK, trialStuck } from '../../tune/trials/alerts.js';
import { circumstancesOf } from '../../tune/trials/circumstances.js';
import { type GuardReadings, UNSEEN } from '../../tune/trials/guards.js';
import { TrialLedger } from '../../tune/trials/ledger.js';
import { TrialCounts, trialMetrics } from '../../tune/trials/metrics.js';
import type { EndedTrial, TrialRecord } from '../../tune/trials/trial.js';
import type { DevicePublisher } from '../publishing/device-publisher.js';
import { trialsRoute, unknownOf } from './trials-route.js';

export interface DeviceOptimizationParts {
  readonly config: Pick<Config, 'optimization' | 'tune'>;
  /** `history.db`, which is open when this part starts. */
  readonly file: StoreFile;
  readonly alerts: Pick<Alerts, 'set'>;
  readonly publisher: Pick<DevicePublisher, 'trial'>;
  readonly metrics: Pick<Metrics, 'follow'>;
  /** What the tuning saw last; null before that. */
  readonly observation: () => Observation | null;
  /** Why the knobs are left alone; null where they are not. */
  readonly obstacle: () => string | null;
  /** Operating points known. */
  readonly points: () => number;
  readonly log: Log;
}

/** HTTP gives up an answer later than that, and what is applied takes its time. */
const LONGEST_ANSWER_MS = 20_000;
const MODEL_KNOBS = ['model', 'variant', 'inputSize'] as const;
const optimizePayload = z.strictObject({
  strategies: z.array(z.enum(OPTIMIZATIONS)).min(1).optional(),
  dryRun: z.boolean().default(false),
});

/** The optimization engine in its place: configuration, ledger, MQTT, metrics, alerts, commands. Strategies `register` with its engine. */
export class DeviceOptimization implements Part, Sampled {
  readonly name = 'optimization';
  readonly essential = false;
  readonly engine: OptimizationEngine;
  /** What strategies, and whoever tunes, keep over a restart; and what was tried. */
  readonly states: Pick<TrialStore, 'keep' | 'kept' | 'read' | 'count'>;
  readonly counts = new TrialCounts();
  readonly metrics = trialMetrics(
    this.counts,
    () => OPTIMIZATIONS.filter((type) => this.engine.getStatus()[type].isAvailable),
    () => this.engine.underWay.length,
  );
  readonly alerts = [TRIAL_STUCK];
  readonly commands = [
    declareCommand({
      name: 'optimize',
      access: 'signed',
      help: 'Asks the strategies that are on, or `strategies`, what would help, and begins to try it; `dryRun` only says what.',
      payload: optimizePayload,
      handle: async ({ strategies, dryRun }) => ({ ...(await this.#optimize(strategies, dryRun)) }),
    }),
  ];
  readonly settings: readonly Setting[] = [
    { path: 'optimization', requiresRestart: true },
    {
      path: 'optimization.everyS',
      requiresRestart: false,
      apply: (seconds) => {
        this.#everyMs = (seconds as number) * 1000;
      },
    },
    ...OPTIMIZATIONS.map((type) => ({
      path: `optimization.${type}`,
      requiresRestart: false,
      apply: (isOn: unknown) => {
        if (isOn === true) this.engine.enableOptimization(type);
        else this.engine.disableOptimization(type);
      },
    })),
  ];
  readonly routes: readonly HttpRoute[];
  readonly #parts: DeviceOptimizationParts;
  readonly #clock: Clock;
  #everyMs: number;
  /** ms that only go forward. */
  #optimizedAt = 0;
  /** Model and variant that answer; null before the first. */
  #model: string | null = null;
  #undoProblem = '';
  #isRunning = false;

  /** @param parts.metrics has it look once a second */
  constructor(parts: DeviceOptimizationParts, clock: Clock = systemClock) {
    const { optimization, tune } = parts.config;
    this.#parts = parts;
    this.#clock = clock;
    this.#everyMs = optimization.everyS * 1000;
    const store = new TrialStore(parts.file, () => clock.unixNow());
    this.states = store;
    this.engine = new OptimizationEngine({
      enabled: optimization,
      ledger: new TrialLedger(store),
      states: store,
      guards: () => guardsOf(parts.observation()),
      circumstances: () => {
        const observation = parts.observation();
        return observation && circumstancesOf(observation, parts.points());
      },
      listener: {
        begun: (trial) => this.#begun(trial),
        ended: (trial) => this.#ended(trial),
        undoFailed: (trial, error) => this.#undoFailed(trial, error),
        undone: (trial) => this.#undone(trial),
        notRestored: (strategy, error) => {
          const reason = explain(error);
          parts.log.warn({ strategy, reason }, 'what the strategy had kept cannot be had again: it goes on from here');
        },
      },
      whyMissing: (type) => (type === 'cache' || type === 'database' ? null : parts.obstacle()),
      clock,
      // the same observation twice is no second one
      sampleEveryMs: tune.intervalS * 1000,
    });
    this.routes = [
      trialsRoute(store, () => clock.unixNow()),
      { path: '/api/optimization', handle: () => json(this.engine.getStatus()) },
      { path: '/api/optimize', method: 'POST', handle: (query) => this.#answer(query) },
    ];
    parts.metrics.follow(this);
  }

  async start(): Promise<void> {
    await this.engine.start();
    this.#optimizedAt = this.#clock.now();
    this.#isRunning = true;
  }

  stop(): void {
    this.#isRunning = false;
    this.engine.stop();
  }

  /** Another model or variant answers: where no trial brought that about, what is being tried of it ends. */
  modelChanged({ model, variant }: { readonly model: string; readonly variant: string }): void {
    const name = `${model} ${variant}`;
    const isOther = this.#model !== null && this.#model !== name;
    this.#model = name;
    if (isOther) this.engine.moved(MODEL_KNOBS, `the model was changed to ${name} by something else`);
  }

  /** Looks at what is being tried, and every few minutes for something to try. */
  async sample(): Promise<void> {
    if (!this.#isRunning) return;
    await this.engine.tick();
    const now = this.#clock.now();
    if (now - this.#optimizedAt >= this.#everyMs) void this.#optimize(undefined, false);
  }

  async #optimize(only: readonly Optimization[] | undefined, dryRun: boolean): Promise<OptimizationReport> {
    if (!dryRun && only === undefined) this.#optimizedAt = this.#clock.now();
    return this.engine.optimizeSystem({ ...(only && { only }), dryRun });
  }

  async #answer(query: URLSearchParams): Promise<HttpReply> {
    const only = query.getAll('strategy');
    const dryRun = query.get('dryRun') ?? 'false';
    const problems = [
      unknownWord(query, ['strategy', 'dryRun']) ?? repeatedWord(query, ['dryRun']),
      ...only.map((word) => unknownOf('strategy', word, OPTIMIZATIONS)),
      unknownOf('dryRun', dryRun, ['true', 'false']),
    ].filter((problem) => problem !== null);
    if (problems.length > 0) return problemReply(problems);
    const optimizing = this.#optimize(only.length === 0 ? undefined : (only as Optimization[]), dryRun === 'true');
    const report = await Promise.race([optimizing, timeout(LONGEST_ANSWER_MS)]);
    if (report !== null) return json(report);
    const trials = this.engine.underWay;
    return json({ error: 'a change is still being applied: ask /api/trials what becomes of it', trials }, 202);
  }

  #begun(trial: TrialRecord): void {
    const { strategy, from, to, reason, isEmergency } = trial;
    const how = isEmergency ? 'moves at once' : 'tries';
    this.#parts.log.info({ trial: trial.id, strategy }, `${strategy} ${how} ${to} instead of ${from}: ${reason}`);
    this.#parts.publisher.trial(trial);
  }

  #ended(trial: EndedTrial): void {
    const { strategy, to, verdict, why } = trial;
    this.counts.add(trial);
    this.#parts.log.info({ trial: trial.id, strategy, verdict }, `${strategy} ${verdict} ${to}: ${why}`);
    this.#parts.publisher.trial(trial);
  }

  #undoFailed(trial: EndedTrial, error: unknown): void {
    this.#undoProblem = explain(error);
    const { strategy, from } = trial;
    this.#parts.log.warn(
      { trial: trial.id, strategy },
      `${strategy} could not be taken back to ${from}, it is tried again: ${this.#undoProblem}`,
    );
    this.#tellStuck();
  }

  #undone(trial: EndedTrial): void {
    const { strategy, from } = trial;
    this.#parts.log.info({ trial: trial.id, strategy }, `${strategy} is back at ${from}`);
    this.#parts.publisher.trial(trial);
    this.#tellStuck();
  }

  #tellStuck(): void {
    this.#parts.alerts.set(TRIAL_STUCK.code, trialStuck(this.engine.stuck, this.#undoProblem));
  }
}

const guardsOf = (observation: Observation | null): GuardReadings => observation ?? UNSEEN;

/** null once the time is over. */
const timeout = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(null), ms).unref();
  });
