import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const TIMEOUT_MS = 60_000;

/**
 * A film of a clip shown so many times, its pictures copied and not encoded again: a clip of seconds is over before a fast
 * program has run its code often enough for it to be compiled.
 *
 * @param folder where a new folder for it may be made
 * @returns path of the film
 * @throws Error with ffmpeg's words where it cannot copy
 */
export function longFilm(ffmpeg: string, clip: string, times: number, folder: string): string {
  const own = mkdtempSync(join(folder, 'film-'));
  const [list, film] = [join(own, 'list.txt'), join(own, 'film.mkv')];
  // the concat demuxer opens the clip anew each time: looping an input fails for one whose first key frame is cut off
  writeFileSync(list, `file '${clip.replaceAll("'", "'\\''")}'\n`.repeat(times));
  const input = ['-f', 'concat', '-safe', '0', '-i', list];
  const args = ['-v', 'error', '-y', ...input, '-map', '0:v:0', '-c', 'copy', '-an', film];
  const { status, stderr, error } = spawnSync(ffmpeg, args, { encoding: 'utf8', timeout: TIMEOUT_MS });
  if (status !== 0) throw new Error(`ffmpeg cannot make a longer film of ${clip}: ${error?.message ?? stderr.trim()}`);
  return film;
}
