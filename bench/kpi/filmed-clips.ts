import { existsSync, readdirSync } from 'node:fs';
import { extname, join, parse, resolve } from 'node:path';
import { clipInfo } from '../peers/clip-size.js';
import type { Case } from './case.js';

const VIDEOS = ['.mp4', '.avi', '.mkv', '.mov', '.webm', '.ts'];

/** A video that may take part. */
export interface ClipFile {
  readonly name: string;
  readonly path: string;
}

/** The videos of a folder by name; a note in place of a folder that is not there. */
export function findClips(folder: string, notes: string[]): ClipFile[] {
  const path = resolve(folder);
  if (!existsSync(path)) {
    notes.push(`no filmed clips: there is no ${path}; name a folder of videos with --clips DIR`);
    return [];
  }
  const files = readdirSync(path)
    .filter((file) => VIDEOS.includes(extname(file).toLowerCase()))
    .sort();
  if (files.length === 0) notes.push(`no filmed clips: ${path} holds no ${VIDEOS.join(', ')} file`);
  return files.map((file) => ({ name: parse(file).name, path: join(path, file) }));
}

/** @throws Error where ffmpeg finds no picture in it */
export function filmedCase(ffmpeg: string, { name, path }: ClipFile): Case {
  return { name, clip: path, ...clipInfo(ffmpeg, path), truth: null };
}
