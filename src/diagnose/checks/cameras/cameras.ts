import { availableParallelism } from 'node:os';
import { kindOf, openSource } from '../../../capture/open-source.js';
import type { CameraConfig } from '../../../config/config.js';
import { EdgeError, explain } from '../../../foundation/errors.js';
import { maskCredentials, silentLog } from '../../../foundation/log.js';
import { splitAddress } from '../../../foundation/userinfo.js';
import { decodeImage } from '../../../media/image.js';
import type { Check, Patient } from '../../check.js';
import { CONDITIONS, type Finding, found } from '../../finding.js';
import { thumbnailOf } from '../../picture/thumbnail.js';
import { lookAtDevice } from './device-look.js';
import { lookAtHttp } from './http-look.js';
import { KeptViews } from './kept-views.js';
import { reach } from './reach.js';
import { type Looked, lookAtRtsp } from './rtsp-look.js';
import { heldCameras, judgeHeld } from './running-look.js';
import { WatchSlots } from './watch-slots.js';
import { judgeMeasured, watchStream } from './watched-stream.js';
import { UprightLook } from './wrong-way-up.js';

const PORTS: Readonly<Record<string, number>> = { rtsp: 554, rtsps: 322, http: 80, https: 443, rtmp: 1935, rtmps: 443 };
const NOTHING: Looked = { findings: [], announced: null };

/** ms for all cameras, from their names to their pictures. */
const CAMERAS_MS = 8000;
/** ms until an ffmpeg shows its first picture, mostly. */
const OPENING_MS = 1000;
/** ms for which each is watched where not all can be at once. */
const SHORT_MS = 1500;
/** Cameras that are decoded at once on each core. */
const PER_CORE = 2;

/**
 * Each camera from its name to its picture, side by side; of each the first stage that fails.
 *
 * @param measureMs ms for which its picture is watched, where all can be watched at once
 * @param atOnce cameras that are decoded at once
 */
export const camerasCheck = (measureMs = 4000, atOnce = PER_CORE * availableParallelism()): Check => ({
  ground: 'cameras',
  name: 'cameras',
  deadlineMs: 8500,
  async run(patient, signal) {
    const { config, running, openHeldCameras } = patient;
    if (config.cameras.length === 0) return withoutCameras(patient);
    const told = running === null ? null : await heldCameras(running, signal);
    const held = openHeldCameras ? null : told;
    const budget = AbortSignal.any([signal, AbortSignal.timeout(CAMERAS_MS)]);
    const watching: Watching = {
      slots: new WatchSlots(atOnce),
      measureMs: config.cameras.length > atOnce ? Math.min(SHORT_MS, measureMs) : measureMs,
      until: performance.now() + CAMERAS_MS,
      budget,
      views: new KeptViews(config.store.dir),
      upright: new UprightLook(patient, budget),
    };
    const findings = await Promise.all(
      config.cameras.map(async (camera) => {
        const judged = told === null ? [] : judgeHeld(camera, told(camera.id));
        if (held === null) return lookAt(camera, patient, watching, judged);
        if (!judged.some(({ code }) => code === 'camera-lost'))
          return [...judged, ...watching.views.sinceYesterday(camera, null)];
        // why it is lost; its picture is left to the program that waits for it
        const why = await connection(camera, patient, signal);
        return why.findings.some(({ condition }) => condition === 'broken') ? why.findings : judged;
      }),
    );
    await watching.upright.close();
    return withoutFfmpegOnce(findings.flat());
  },
});

/** Where no file was named either, that is what is told. */
function withoutCameras({ configFile, configProblems }: Patient): Finding[] {
  if (configProblems.length > 0) return [found('unknown', 'cameras-unread')];
  return configFile === null ? [] : [found('broken', 'cameras-none')];
}

/** What all cameras share that are watched. */
interface Watching {
  readonly slots: WatchSlots;
  readonly measureMs: number;
  /** Of performance.now(). */
  readonly until: number;
  readonly budget: AbortSignal;
  readonly views: KeptViews;
  readonly upright: UprightLook;
}

/** @param told what the running program says of it */
async function lookAt(
  camera: CameraConfig,
  patient: Patient,
  { slots, measureMs, until, budget, views, upright }: Watching,
  told: readonly Finding[],
): Promise<readonly Finding[]> {
  const { findings, announced } = await connection(camera, patient, budget);
  if (findings.some(({ condition }) => condition === 'broken')) return findings;
  const trouble = [...findings, ...told].reduce((sum, { condition }) => sum + CONDITIONS.indexOf(condition), 0);
  if (!(await slots.enter(trouble, until - performance.now() - measureMs - OPENING_MS))) {
    return [
      ...findings,
      found('unknown', 'camera-not-watched', { camera: camera.id, watched: slots.count }, camera.id),
    ];
  }
  try {
    const { capture } = patient.config;
    const source = openSource({ camera, capture, log: silentLog, decodeImage, env: patient.env });
    const measured = await watchStream(source, measureMs, budget);
    const judged = judgeMeasured(camera, measured, announced);
    const picture = measured.pictures.at(-1);
    if (picture !== undefined)
      patient.thumbnails?.set(camera.id, thumbnailOf(picture, [...camera.masks, ...camera.privacyMasks]));
    const isSpoilt = judged.some(({ condition }) => condition === 'broken');
    if (isSpoilt) return [...findings, ...judged];
    const turned = await upright.look(camera.id, measured.pictures);
    const moved = measured.isLive ? views.sinceYesterday(camera, measured.view) : [];
    return [...findings, ...judged, ...moved, ...turned];
  } finally {
    slots.leave();
  }
}

/** From its address to what it announces; stops at the first stage that fails. */
async function connection(camera: CameraConfig, patient: Patient, signal: AbortSignal): Promise<Looked> {
  const { id, url } = camera;
  try {
    const { capture } = patient.config;
    await openSource({ camera, capture, log: silentLog, decodeImage, env: patient.env }).check();
  } catch (error) {
    if (!(error instanceof EdgeError)) throw error;
    const reason = maskCredentials(explain(error));
    const isWithoutFfmpeg = error.context['missing'] === 'ffmpeg';
    return failedWith(
      isWithoutFfmpeg
        ? found('broken', 'cameras-without-ffmpeg', { cameras: id, reason }, id)
        : found('broken', 'camera-address', { camera: id, reason }, id),
    );
  }
  if (url.startsWith('/dev/')) return failedWith(await lookAtDevice(id, url, patient.root));
  const split = splitAddress(url);
  const usual = split === null ? undefined : PORTS[split.scheme];
  if (split === null || usual === undefined || !URL.canParse(`http://${split.rest}`)) return NOTHING;
  // a scheme without a usual port: the URL keeps 80 as well
  const place = new URL(`edge://${split.rest}`);
  const host = decodeURIComponent(place.hostname).replace(/^\[(.*)\]$/, '$1');
  const port = Number(place.port) || usual;
  const unreached = await reach({ camera: id, host, port }, signal);
  if (unreached !== null) return failedWith(unreached);
  if (/^rtsps?$/.test(split.scheme)) return lookAtRtsp(camera, { host, port }, patient, signal);
  if (kindOf(camera) === 'ffmpeg' || !/^https?$/.test(split.scheme)) return NOTHING;
  return lookAtHttp(camera, signal);
}

/** One ffmpeg reads all of them: that it is not there is told once, with the cameras that wait for it. */
function withoutFfmpegOnce(findings: readonly Finding[]): Finding[] {
  const [first, ...others] = findings.filter(({ code }) => code === 'cameras-without-ffmpeg');
  if (first === undefined || others.length === 0) return [...findings];
  const cameras = [first, ...others].map(({ subject }) => subject).join(', ');
  const all = found('broken', 'cameras-without-ffmpeg', { ...first.values, cameras });
  return findings.flatMap((one) => {
    if (one === first) return all;
    return others.includes(one) ? [] : one;
  });
}

function failedWith(finding: Finding | null): Looked {
  return finding === null ? NOTHING : { findings: [finding], announced: null };
}
