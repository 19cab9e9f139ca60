import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { SourceError } from '../foundation/errors.js';
import { findExecutable, isExecutable } from '../foundation/executable.js';

const run = promisify(execFile);

/** An ffmpeg that runs here, and which of its options have which name. */
export interface FfmpegBinary {
  readonly path: string;
  /** The static build that comes with an npm package: for files only, it is from 2018. */
  readonly bundled: boolean;
  /** First line of `-version`. */
  readonly version: string;
  /** Knows `-fps_mode` (ffmpeg 5.1); older ones say `-vsync`. */
  readonly hasFpsMode: boolean;
  /** Its `metadata` filter prints pictures that had no metadata (seen with 5.1, not with 4.1). */
  readonly printsMetadata: boolean;
}

export interface FfmpegChoice {
  /** capture.ffmpeg.path */
  readonly path?: string | undefined;
  /** Where EDGE_FFMPEG and PATH are read from. */
  readonly env: NodeJS.ProcessEnv;
}

/** An ffmpeg that may be run, and which of the ways to name it found it. */
export interface FfmpegPlace {
  readonly path: string;
  readonly origin: string;
  readonly bundled: boolean;
}

/**
 * Finds ffmpeg and asks it what it knows.
 *
 * @throws SourceError if a named one does not run, or if there is none at all
 */
export async function findFfmpeg(choice: FfmpegChoice): Promise<FfmpegBinary> {
  return inspect(locateFfmpeg(choice));
}

/**
 * Where ffmpeg is, without running it: EDGE_FFMPEG, else the configured path, else the one on PATH, else the bundled
 * static build.
 *
 * @throws SourceError, permanent, if a named one is not there, or if there is none at all
 */
export function locateFfmpeg({ path, env }: FfmpegChoice): FfmpegPlace {
  if (env.EDGE_FFMPEG) return named(env.EDGE_FFMPEG, 'EDGE_FFMPEG', env);
  if (path) return named(path, 'capture.ffmpeg.path', env);
  const onPath = findExecutable('ffmpeg', env.PATH ?? '');
  if (onPath) return { path: onPath, origin: 'PATH', bundled: false };
  return { path: bundledPath(), origin: 'the bundled build', bundled: true };
}

function named(path: string, origin: string, env: NodeJS.ProcessEnv): FfmpegPlace {
  if (findExecutable(path, env.PATH ?? '') !== null) return { path, origin, bundled: false };
  const advice = 'correct it, or install ffmpeg (sudo apt install ffmpeg)';
  throw SourceError.permanent(`there is no ffmpeg to run at ${path} (from ${origin}): ${advice}`, {
    path,
    missing: 'ffmpeg',
  });
}

function bundledPath(): string {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    if (!isExecutable(path)) chmodSync(path, 0o755);
    return path;
  } catch (error) {
    const advice = 'install it (sudo apt install ffmpeg), or set EDGE_FFMPEG to its path';
    throw SourceError.permanent(
      `found no ffmpeg on PATH, nor the npm package @ffmpeg-installer/ffmpeg: ${advice}`,
      { missing: 'ffmpeg' },
      error,
    );
  }
}

async function inspect({ path, origin, bundled }: FfmpegPlace): Promise<FfmpegBinary> {
  const stdout = await versionOf(path, origin);
  const [, major, minor] = /libavformat\s+(\d+)\.\s*(\d+)/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined) {
    throw SourceError.permanent(
      `${path} (from ${origin}) does not answer "-version" as ffmpeg does: name a real ffmpeg`,
    );
  }
  const release = Number(major) * 1000 + Number(minor);
  return {
    path,
    bundled,
    version: stdout.split(/ +Copyright|\n/, 1)[0]!,
    hasFpsMode: release >= 59_027,
    printsMetadata: release >= 59_000,
  };
}

async function versionOf(path: string, origin: string): Promise<string> {
  try {
    return (await run(path, ['-version'], { timeout: 20_000, maxBuffer: 1 << 20 })).stdout;
  } catch (error) {
    const advice = 'correct it, or install ffmpeg (sudo apt install ffmpeg)';
    // what ended by itself will do so again; what was killed may have lacked time or memory
    const permanent = typeof (error as { code?: unknown }).code === 'number';
    throw new SourceError(`cannot run ffmpeg at ${path} (from ${origin}): ${advice}`, { path }, error, permanent);
  }
}
