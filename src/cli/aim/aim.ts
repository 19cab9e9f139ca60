import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CameraConfig, type Config, configSchema } from '../../config/config.js';
import { siteFileOf } from '../../config/installed-site.js';
import { loadConfig } from '../../config/load.js';
import type { LanguageCode } from '../../diagnose/languages/codes.js';
import { LANGUAGES, languageOf } from '../../diagnose/languages/languages.js';
import { ConfigError } from '../../foundation/errors.js';
import { createLog } from '../../foundation/log.js';
import { pause } from '../../foundation/pause.js';
import { didYouMean } from '../../foundation/validate.js';
import { Runtime } from '../../runtime/runtime.js';
import { print, printJson } from '../print.js';
import { StopSignals } from '../stop-signals.js';
import { type AimReport, aimLines } from './aim-report.js';
import { AimScreen } from './aim-screen.js';
import { AimWatch } from './aim-watch.js';
import { smallestSure } from './smallest-vehicle.js';
import { type PictureForm, pictureFormOf } from './terminal-picture/terminal-picture.js';

/** What no id of a camera has. */
const ADDRESS = /[:/.]/;

export interface AimFlags {
  readonly config?: string;
  readonly picture?: PictureForm;
  readonly lang?: LanguageCode;
  readonly json?: boolean;
  /** Seconds after its start at which it ends. */
  readonly duration?: number;
}

/** ms between two pictures on a terminal, and between two reports elsewhere. */
const DRAW_MS = 300;
const TELL_MS = 1000;
/** Pixels across: the focus of a lens is not seen in the smaller picture that is enough for detection. */
const LEAST_WIDTH = 1280;

/**
 * `edge-optimizer aim CAMERA`: shows what a camera sees while somebody turns it, every frame inferred, until Ctrl-C.
 * Nothing is stored or published.
 *
 * @param camera its id in the configuration, or an address
 * @returns the exit code
 * @throws ConfigError where there is no such camera; SourceError where its address can never be read; ModelError
 */
export async function aim(camera: string, flags: AimFlags): Promise<number> {
  // an address is aimed at whatever is installed here
  const file = ADDRESS.test(camera) ? flags.config : siteFileOf(flags.config);
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const wanted = cameraNamed(camera, config.cameras);
  const folder = await mkdtemp(join(tmpdir(), 'edge-aim-'));
  const stop = new AbortController();
  void new StopSignals().received.then(() => stop.abort());
  const watch = new AimWatch(flags.json ? TELL_MS : DRAW_MS);
  const runtime = new Runtime(
    onlyFor(wanted, config, folder),
    createLog('silent'),
    { onResult: (result) => watch.answered(result), onFinished: () => stop.abort() },
    { taps: [watch] },
  );
  // a stop during the start ends that too
  stop.signal.addEventListener('abort', () => void runtime.stop('stopped'));
  try {
    await runtime.start();
    // as with `run`, the duration begins here: a slow board's start does not use it up
    if (flags.duration !== undefined) setTimeout(() => stop.abort(), flags.duration * 1000).unref();
    await show(runtime, watch, flags, stop.signal);
  } finally {
    await runtime.stop('stopped');
    await rm(folder, { recursive: true, force: true });
  }
  return 0;
}

/** @throws ConfigError where `name` is neither a camera of the configuration nor an address */
export function cameraNamed(name: string, cameras: readonly CameraConfig[]): CameraConfig {
  const configured = cameras.find(({ id }) => id === name);
  if (configured !== undefined) return configured;
  if (ADDRESS.test(name)) return configSchema.parse({ cameras: [{ id: 'camera', url: name }] }).cameras[0]!;
  const ids = cameras.map(({ id }) => id);
  const near = didYouMean(name, ids);
  const known = ids.length === 0 ? 'there is none in the configuration: name the file with --config' : ids.join(', ');
  throw new ConfigError('nothing can be aimed', [
    `CAMERA: expected the id of a camera (${known}) or an address, got ${name}${near === null ? '' : `; did you mean ${near}?`}`,
  ]);
}

/** The configuration with this camera alone, every frame inferred, and nothing that others would notice. */
function onlyFor(camera: CameraConfig, config: Config, storeDir: string): Config {
  const { capture } = config;
  return {
    ...config,
    cameras: [{ ...camera, maxWidth: camera.maxWidth === 0 ? 0 : Math.max(camera.maxWidth, LEAST_WIDTH) }],
    capture: { ...capture, maxWidth: Math.max(capture.maxWidth, LEAST_WIDTH) },
    answer: { ...config.answer, accuracyFloor: 1 },
    store: { ...config.store, dir: storeDir },
    mqtt: { ...config.mqtt, broker: 'off' },
    http: { ...config.http, enabled: false },
    sparkplug: { ...config.sparkplug, enabled: false },
    homeAssistant: { ...config.homeAssistant, enabled: false },
    otlp: configSchema.parse({}).otlp,
    diary: { ...config.diary, enabled: false },
    preview: configSchema.parse({}).preview,
    output: configSchema.parse({}).output,
    tune: { ...config.tune, enabled: false },
  };
}

async function show(runtime: Runtime, watch: AimWatch, flags: AimFlags, signal: AbortSignal): Promise<void> {
  const text = LANGUAGES[flags.lang ?? languageOf(process.env)].aim;
  const isInPlace = process.stdout.isTTY === true && !flags.json;
  const screen = isInPlace ? new AimScreen(process.stdout, flags.picture ?? pictureFormOf(process.env)) : null;
  try {
    while (!signal.aborted) {
      await pause(screen === null ? TELL_MS : DRAW_MS, signal);
      const report = reportOf(runtime, watch);
      if (screen !== null) screen.show(watch.picture, report.smallestSure, aimLines(report, text));
      else if (flags.json) printJson({ at: Date.now(), ...report });
      else print(`${aimLines(report, text).join('\n')}\n`);
    }
  } finally {
    screen?.close();
  }
}

function reportOf(runtime: Runtime, watch: AimWatch): AimReport {
  const [camera] = runtime.status().cameras;
  const { picture, bestSharpness } = watch;
  const model = runtime.parts.models.current;
  const sharpness = picture?.light.sharpness ?? null;
  return {
    camera: camera?.id ?? '',
    state: camera?.state ?? 'starting',
    lastError: camera?.lastError ?? null,
    fps: camera?.capturedFps ?? null,
    light: picture?.light ?? null,
    focus: sharpness === null || bestSharpness === null || bestSharpness === 0 ? null : sharpness / bestSharpness,
    vehicles: picture?.boxes.length ?? 0,
    vehiclesPerMinute: watch.vehiclesPerMinute,
    smallestFound: watch.smallestFound,
    smallestSure:
      picture === null || model === null
        ? null
        : smallestSure(model, picture.width * picture.scale, picture.height * picture.scale),
  };
}
