import { execFile } from 'node:child_process';
import { accessSync, chmodSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { SourceError } from '../foundation/errors.js';

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

/**
 * Finds ffmpeg: EDGE_FFMPEG, else the configured path, else the one on PATH, else the bundled static build.
 *
 * @throws SourceError if a named one does not run, or if there is none at all
 */
export async function findFfmpeg({ path, env }: FfmpegChoice): Promise<FfmpegBinary> {
  if (env.EDGE_FFMPEG) return inspect(env.EDGE_FFMPEG, 'EDGE_FFMPEG', false);
  if (path) return inspect(path, 'capture.ffmpeg.path', false);
  const onPath = findOnPath(env.PATH ?? '');
  if (onPath) return inspect(onPath, 'PATH', false);
  return inspect(bundledPath(), 'the bundled build', true);
}

function findOnPath(path: string): string | null {
  for (const folder of path.split(delimiter)) {
    const file = join(folder || '.', 'ffmpeg');
    if (isExecutable(file)) return file;
  }
  return null;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function bundledPath(): string {
  try {
    const { path } = createRequire(import.meta.url)('@ffmpeg-installer/ffmpeg') as { path: string };
    if (!isExecutable(path)) chmodSync(path, 0o755);
    return path;
  } catch (error) {
    const advice = 'install it (sudo apt install ffmpeg) or set EDGE_FFMPEG to its path';
    throw SourceError.permanent(`found no ffmpeg on PATH and no bundled build for this machine: ${advice}`, {}, error);
  }
}

async function inspect(path: string, origin: string, bundled: boolean): Promise<FfmpegBinary> {
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
    version: stdout.split('\n', 1)[0]!,
    hasFpsMode: release >= 59_027,
    printsMetadata: release >= 59_000,
  };
}

async function versionOf(path: string, origin: string): Promise<string> {
  try {
    return (await run(path, ['-version'], { timeout: 20_000, maxBuffer: 1 << 20 })).stdout;
  } catch (error) {
    const advice = 'correct it, or install ffmpeg (sudo apt install ffmpeg)';
    throw new SourceError(`cannot run ffmpeg at ${path} (from ${origin}): ${advice}`, { path }, error);
  }
}
