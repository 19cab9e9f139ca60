import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CameraConfig, CaptureConfig } from '../config/config.js';
import { SourceError } from '../foundation/errors.js';
import { rememberSecretsOf, rememberSecretsOfArguments } from '../foundation/known-secrets.js';
import { type Log, maskCredentials } from '../foundation/log.js';
import { encodingAdvice, splitAddress } from '../foundation/userinfo.js';
import { expandSimulatorUrl } from '../simulator/options.js';
import { checkCertificate, tlsPlace } from './camera-connection.js';
import { CameraSource } from './camera-source.js';
import { type CameraTrust, trustOf } from './camera-trust.js';
import { FfmpegReader } from './ffmpeg-reader.js';
import { FolderReader } from './folder-reader.js';
import { HttpReader } from './http-reader.js';
import type { ImageDecoder, Reader } from './reader.js';
import { SimulatorReader } from './simulator-reader.js';
import type { Source } from './source.js';

export interface OpenSourceOptions {
  readonly camera: CameraConfig;
  readonly capture: CaptureConfig;
  readonly log: Log;
  readonly decodeImage: ImageDecoder;
  /** Where EDGE_FFMPEG and PATH are read from; unset: this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

type Kind = Exclude<CameraConfig['kind'], 'auto'> | 'http';

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;
/** Frames that the rest of the program holds at a time besides those in the queue; only a hint for reuse. */
const FRAMES_IN_USE = 6;

/**
 * Makes the source for one camera's configuration; nothing is opened before `start()`.
 *
 * @throws SourceError if its URL is none, stands for several cameras, or does not fit its kind
 */
export function openSource(options: OpenSourceOptions): Source {
  const { camera, capture, log } = options;
  if (isPushed(camera)) {
    throw new SourceError(
      `camera ${camera.id}: push: is for programs that hand frames in; here, name the camera's URL`,
    );
  }
  checkUserPart(camera);
  rememberSecretsOf(camera.url);
  rememberSecretsOfArguments(camera.inputArgs ?? capture.ffmpeg.inputArgs);
  const kind = kindOf(camera);
  const reader = readerFor(kind, options);
  return new CameraSource({
    camera: camera.id,
    reader,
    policy: camera.pace === 'fast' && !reader.live ? 'wait' : 'drop-oldest',
    queueFrames: capture.queueFrames,
    stallTimeoutMs: capture.stallTimeoutMs,
    keyFrameTimeoutMs: capture.keyFrameTimeoutMs,
    backoff: { initialMs: capture.backoffInitialMs, maxMs: capture.backoffMaxMs },
    expectedFps: camera.expectedFps,
    maxFps: camera.maxFps,
    loop: camera.loop && kind !== 'simulator',
    log,
  });
}

/** Nobody can read an address whose password cannot be told from its path, nor find what to mask in it. */
function checkUserPart({ id, url }: CameraConfig): void {
  const split = splitAddress(url);
  if (!split?.ambiguous) return;
  const advice = `write ${encodingAdvice(split.userinfo)} before the last @, and an @ of the path as %40`;
  throw SourceError.permanent(`camera ${id}: user name and password cannot be told from the path: ${advice}`, {
    camera: id,
  });
}

/** Whether a camera's frames are handed in by the program that embeds this one. */
export function isPushed({ url }: Pick<CameraConfig, 'url'>): boolean {
  return /^push:/i.test(url);
}

/** How a camera's URL is read: by its form, unless the configuration says. */
export function kindOf({ kind, url }: Pick<CameraConfig, 'kind' | 'url'>): Kind {
  if (kind !== 'auto') return kind;
  if (/^sim:\/\//i.test(url)) return 'simulator';
  if (/^images:/i.test(url)) return 'images';
  if (/^https?:\/\//i.test(url) && !/\.m3u8(?:[?#]|$)/i.test(url)) return 'http';
  return 'ffmpeg';
}

function readerFor(kind: Kind, options: OpenSourceOptions): Reader {
  const { camera, capture, decodeImage } = options;
  const maxWidth = camera.maxWidth || capture.maxWidth;
  const aspect = aspectOf(camera);
  const image = { decodeImage, maxWidth, aspect, maxImageBytes: capture.maxImageBytes };
  const realtime = camera.pace !== 'fast';
  switch (kind) {
    case 'ffmpeg':
      return ffmpegReader(options);
    case 'simulator':
      return simulatorReader(options, realtime);
    case 'images': {
      const path = camera.url.replace(/^images:/i, '');
      if (SCHEME.test(path))
        throw SourceError.permanent(`kind images reads images:DIR, got ${maskCredentials(camera.url)}`);
      const folder = resolve(path);
      return new FolderReader({ ...image, folder, fps: camera.maxFps || 1, realtime, loop: camera.loop });
    }
    default: {
      if (!/^https?:\/\//i.test(camera.url)) {
        throw SourceError.permanent(`kind ${kind} reads http:// and https:// URLs, got ${maskCredentials(camera.url)}`);
      }
      const { url, maxFps } = camera;
      const { requestTimeoutMs } = capture;
      const video = ffmpegReader(options);
      const trust = trustOf(camera);
      const http = kind === 'http' ? 'auto' : kind;
      return new HttpReader({ ...image, url, maxFps, requestTimeoutMs, trust, video, kind: http });
    }
  }
}

function simulatorReader({ camera, capture }: OpenSourceOptions, realtime: boolean): SimulatorReader {
  const { id, url, maxFps } = camera;
  const cameras = expandSimulatorUrl(url).length;
  if (cameras > 1) {
    const advice = `cameras=N works with --source only; here, write ${cameras} cameras with a seed of their own each`;
    throw SourceError.permanent(`camera ${id}: ${url} stands for ${cameras} cameras: ${advice}`, {
      camera: id,
      cameras,
    });
  }
  return new SimulatorReader({ url, realtime, maxFps, poolBuffers: capture.queueFrames + FRAMES_IN_USE });
}

function ffmpegReader({ camera, capture, log, env = process.env }: OpenSourceOptions): FfmpegReader {
  const inputArgs = camera.inputArgs ?? capture.ffmpeg.inputArgs;
  const file = fileOf(camera.url, inputArgs);
  const live = file === undefined && !inputArgs.includes('lavfi');
  const nobody = /^(?:rtsps?|rtmps?):\/\/(?:[^/?#@]*@)?(?:[:/?#]|$)/i.test(camera.url);
  if (nobody) throw SourceError.permanent(`expected the camera's host after ://, got ${maskCredentials(camera.url)}`);
  const place = file === undefined ? tlsPlace(camera.url) : null;
  const trust = trustOf(camera);
  const { requestTimeoutMs } = capture;
  return new FfmpegReader({
    file,
    checkCertificate: place === null ? undefined : (signal) => checkCertificate(place, trust, requestTimeoutMs, signal),
    choice: { path: capture.ffmpeg.path, env },
    poolBuffers: capture.queueFrames + FRAMES_IN_USE,
    log,
    task: {
      url: file === undefined ? camera.url : `file:${file}`,
      live,
      realtime: camera.pace !== 'fast',
      loop: camera.loop,
      maxFps: camera.maxFps,
      maxWidth: camera.maxWidth || capture.maxWidth,
      inputArgs: [...verifying(camera.url, trust), ...inputArgs],
      rtspTransport: camera.rtspTransport ?? capture.ffmpeg.rtspTransport,
      filters: camera.filters ?? capture.ffmpeg.filters,
      aspect: aspectOf(camera),
    },
  });
}

/** Over https ffmpeg can look at certificates itself, from a file; its rtsps takes any, whatever it is told. */
function verifying(url: string, { caFile, verify, fingerprint }: CameraTrust): string[] {
  if (!/^https:/i.test(url) || caFile === null || !verify || fingerprint !== null) return [];
  return ['-tls_verify', '1', '-ca_file', caFile];
}

/** `16:9` → 1.78. */
function aspectOf({ aspect }: CameraConfig): number | undefined {
  if (typeof aspect !== 'string') return aspect;
  const [width, height = 1] = aspect.split(':').map(Number);
  return width! / height;
}

/** The path, if a URL means a file; a device and what arguments like `-f lavfi` make of it are none. */
function fileOf(url: string, inputArgs: readonly string[]): string | undefined {
  if (/^file:\/\//i.test(url)) return pathOf(url);
  if (SCHEME.test(url) || url.startsWith('/dev/') || inputArgs.includes('-f')) return undefined;
  return resolve(url.replace(/^file:/i, ''));
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw SourceError.permanent(
      `${maskCredentials(url)} names no file: write file:///folder/clip.mp4 or the path alone`,
      {},
      error,
    );
  }
}
