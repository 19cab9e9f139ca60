import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Config } from '../config/config.js';
import type { ConfigSources } from '../config/load.js';
import { ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { createLog, type Log } from '../foundation/log.js';
import { Watchdog } from '../runtime/health/watchdog.js';
import { cleared, preflight } from '../runtime/preflight/preflight.js';
import { Runtime } from '../runtime/runtime.js';
import { ServiceNotice } from '../runtime/systemd/service-notice.js';
import { expandSimulatorUrl } from '../simulator/options.js';
import { exitCodeOf } from './exit-codes.js';
import { JsonLines } from './json-lines.js';
import { LiveView } from './live-view.js';
import { isGone } from './reader-gone.js';
import { camerasFromFlags, type SourceFlags } from './sources.js';
import { StatusLog } from './status-log.js';
import { StopSignals } from './stop-signals.js';
import { describe, summarizeRun } from './summary.js';
import { watchHint } from './watch-hint.js';

export interface RunOptions extends SourceFlags {
  readonly config?: string;
  readonly site?: string;
  readonly device?: string;
  readonly board?: string;
  readonly broker?: string;
  readonly model?: string;
  readonly variant?: string;
  readonly threads?: number;
  readonly workers?: number;
  readonly results?: string;
  readonly resultsMaxMb?: number;
  readonly preview?: string;
  readonly http?: boolean;
  readonly logLevel?: string;
  /** Seconds of serving after which to stop. */
  readonly duration?: number;
  /** Answered frames after which to stop. */
  readonly frames?: number;
  readonly json?: boolean;
}

/**
 * `edge-optimizer run`: serves until its sources end, a limit is reached or a signal comes. Once the configuration can be
 * used, what goes wrong is told by the log, which is JSON lines where nobody watches.
 *
 * @param signals listening since the program began
 * @returns the exit code
 * @throws ConfigError, or whatever ended the run where a person watches stderr
 */
export async function run(options: RunOptions, signals = new StopSignals()): Promise<number> {
  const sources: ConfigSources = {
    ...(options.config !== undefined && { file: options.config }),
    env: { ...process.env },
    flags: flags(options),
    flagNames: FLAG_NAMES,
  };
  const inspected = await preflight(sources);
  const { config, warnings } = inspected.loaded ?? cleared(inspected, options.config);
  if (config.cameras.length === 0) {
    throw new ConfigError('there is nothing to watch', [
      'cameras: expected at least one, got none: name one with --source URL, or in the file given to --config',
    ]);
  }
  const view = !options.json && process.stdout.isTTY ? new LiveView(process.stdout) : null;
  // both end on the same terminal
  const shared = view !== null && process.stderr.isTTY;
  const log = shared ? createLog(config.output.logLevel, view.above, true) : createLog(config.output.logLevel);
  for (const warning of warnings) log.warn(warning);
  const watchdog = new Watchdog(config.watchdog.hangS * 1000);
  watchdog.start();
  if (process.pid === 1 && config.watchdog.hangS > 0) log.warn(FIRST_PROCESS);
  const notice = ServiceNotice.ofProcess(log);
  try {
    cleared(inspected, options.config);
    return await serve(options, { config, sources, log, signals, view, notice });
  } catch (error) {
    // what is wrong with a configuration is a list for whoever writes it
    if (process.stderr.isTTY || error instanceof ConfigError) throw error;
    logFailure(error, log);
    return exitCodeOf(error);
  } finally {
    await watchdog.stop();
  }
}

interface Surroundings {
  readonly config: Config;
  readonly sources: ConfigSources;
  readonly log: Log;
  readonly signals: StopSignals;
  /** Null where nobody watches. */
  readonly view: LiveView | null;
  readonly notice: ServiceNotice;
}

/** It is read again when it is changed from the page. */
const absolute = ({ file, ...others }: ConfigSources): ConfigSources =>
  file === undefined ? others : { ...others, file: resolve(file) };

/** The command that diagnoses this device by the same configuration. */
function diagnosisOf(config: string | undefined): string[] {
  const main = fileURLToPath(new URL('../main.js', import.meta.url));
  return [process.execPath, main, 'diagnose', ...(config === undefined ? [] : ['--config', resolve(config)])];
}

async function serve(options: RunOptions, surroundings: Surroundings): Promise<number> {
  const { config, sources, log, signals, view, notice } = surroundings;
  let answered = 0;
  let finish: (reason: string) => void = () => undefined;
  let fail: (failure: unknown) => void = () => undefined;
  const finished = new Promise<string>((resolve, reject) => {
    finish = resolve;
    fail = reject;
  });
  finished.catch(() => undefined); // it may fail while nobody waits for it: during the stop
  process.stdout.on('error', (error) => isGone(error) && finish('nobody reads its output any more'));
  signals.received.then(finish);
  const runtime = new Runtime(
    config,
    log,
    {
      onServing: () => {
        if (options.duration !== undefined)
          setTimeout(() => finish('the duration is over'), options.duration * 1000).unref();
      },
      onResult: () => {
        if (options.frames !== undefined && answered >= options.frames) return false;
        answered++;
        if (answered === options.frames) finish('the frame limit is reached');
        return true;
      },
      onEvent: (event) => lines?.event(event),
      onFinished: (failure) => (failure === undefined ? finish('the sources ended') : fail(failure)),
    },
    { diagnoseBy: diagnosisOf(options.config), configSources: absolute(sources) },
  );
  const lines = options.json ? new JsonLines(process.stdout) : null;
  const shown = lines ?? view ?? new StatusLog(log, config.output.statusIntervalS);

  let reason: string;
  let stopping = false;
  try {
    notice.starting();
    // a signal may end the run while it is still starting
    const started = runtime.start().then(() => {
      if (stopping) return;
      if (view !== null && runtime.broker !== null) view.above.write(`${watchHint(runtime.broker)}\n\n`);
      shown.start(() => runtime.status());
      void notice.ready(() => runtime.status());
    });
    reason = await Promise.race([finished, started.then(() => finished)]);
  } finally {
    stopping = true;
    shown.stop();
    await notice.stopping();
    await runtime.stop('stopped');
  }
  const summary = summarizeRun(runtime.status(), runtime.servingS());
  process.stdout.write(options.json ? `${JSON.stringify(summary)}\n` : `\nstopped: ${reason}\n${describe(summary)}\n`);
  if (shown instanceof StatusLog) log.info({ reason, summary }, 'stopped');
  const { lost } = runtime.parts.results;
  if (lost > 0) {
    throw new EdgeError(
      'E_OUTPUT',
      `${lost} results could not be written to ${config.output.resultsFile}: is the disk full?`,
    );
  }
  return 0;
}

/** The kernel keeps from the first process of a container what comes from inside, SIGKILL too. */
const FIRST_PROCESS =
  'this is the first process of its container, which nothing inside can kill: where it hangs, the watchdog cannot end it (watchdog.hangS); start it by an init: docker run --init, `init: true` in a compose file, or tini as in scripts/container/Dockerfile';

/** Also where `silent` asks for no lines at all: a run never fails without a word. */
function logFailure(error: unknown, log: Log): void {
  const told = log.level === 'silent' ? createLog('error') : log;
  if (error instanceof EdgeError) told.error({ code: error.code }, `${error.code}: ${explain(error)}`);
  else told.error({ stack: error instanceof Error ? error.stack : undefined }, explain(error));
}

/** Options of the command line that set one key each: option → dotted path of the configuration. */
const FLAG_PATHS = {
  site: 'site',
  device: 'device',
  board: 'board',
  broker: 'mqtt.broker',
  model: 'model.name',
  variant: 'model.variant',
  threads: 'detector.intraOpThreads',
  workers: 'detector.workers',
  results: 'output.resultsFile',
  resultsMaxMb: 'output.resultsMaxMiB',
  logLevel: 'output.logLevel',
  preview: 'preview.file',
} as const satisfies Partial<Record<keyof RunOptions, string>>;

/** What the command line says, by dotted path of the configuration. */
function flags(options: RunOptions): Record<string, unknown> {
  const cameras = camerasFromFlags(options, (url) => (url.startsWith('sim:') ? expandSimulatorUrl(url) : [url]));
  const set: Record<string, unknown> = {};
  if (cameras !== null) set['cameras'] = cameras;
  if (options.http === false) set['http.enabled'] = false;
  for (const [option, path] of Object.entries(FLAG_PATHS)) {
    const value = options[option as keyof typeof FLAG_PATHS];
    if (value !== undefined) set[path] = value;
  }
  return set;
}

/** What the person typed, for messages about a value. */
const FLAG_NAMES: Readonly<Record<string, string>> = {
  cameras: '--source',
  'http.enabled': '--no-http',
  ...Object.fromEntries(Object.entries(FLAG_PATHS).map(([option, path]) => [path, flagName(option)])),
};

/** `logLevel` → `--log-level`. */
function flagName(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
