import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../test/seeded.js';
import { outputOf } from '../harness/output-of.js';
import type { ClipFile } from '../kpi/filmed-clips.js';
import { lastWords } from '../peers/contender.js';
import { filterOf, type Movement, pathOf } from './movement.js';

const TIMEOUT_MS = 300_000;

/** What a film is made of. */
export interface FilmPlan {
  readonly clip: ClipFile;
  readonly movement: Movement;
  readonly seed: number;
  /** Pictures at most. */
  readonly frames: number;
}

/**
 * Films what a clip shows with a camera that moves. Made once, and whole: where the folder has it already, it is that.
 *
 * @returns its path
 * @throws Error with ffmpeg's words where it makes none
 */
export async function movedFilm(
  ffmpeg: string,
  { clip, movement, seed, frames }: FilmPlan,
  folder: string,
): Promise<string> {
  const film = join(folder, `${clip.name}-${movement}-${seed}-${frames}.mkv`);
  if (existsSync(film)) return film;
  const filter = filterOf(pathOf(movement, seeded(seed)), clip.fps);
  const coded = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-threads', '1'];
  const part = `${film}.part`;
  const input = ['-v', 'error', '-nostdin', '-y', '-i', clip.path, '-an', '-vf', filter, '-frames:v', String(frames)];
  try {
    await outputOf([ffmpeg, ...input, ...coded, '-f', 'matroska', part], TIMEOUT_MS);
    renameSync(part, film);
  } catch (error) {
    rmSync(part, { force: true });
    throw new Error(`ffmpeg makes no film of ${clip.path}: ${lastWords(error)}`);
  }
  return film;
}
