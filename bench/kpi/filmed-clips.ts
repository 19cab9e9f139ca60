import { existsSync, readdirSync } from 'node:fs';
import { join, parse, relative, resolve } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type ClipInfo, probeClip } from '../peers/clip-size.js';
import type { Case } from './case.js';

/** A video that may take part. */
export interface ClipFile extends ClipInfo {
  readonly name: string;
  readonly path: string;
}

/**
 * The videos of a folder by name: whatever ffmpeg reads as moving pictures. What is left out is named in a note with its
 * reason, and so is a folder that is not there.
 */
export function findClips(ffmpeg: string, folder: string, notes: string[]): ClipFile[] {
  const path = resolve(folder);
  if (!existsSync(path)) {
    notes.push(`no filmed clips: there is no ${path}; name a folder of videos with --clips DIR`);
    return [];
  }
  const clips: ClipFile[] = [];
  const leftOut: string[] = [];
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = join(path, entry.name);
    const info = entry.isDirectory() ? null : probeClip(ffmpeg, file);
    const reason = entry.isDirectory() ? 'a folder' : whyNoClip(info);
    if (info && !reason) clips.push({ name: parse(entry.name).name, path: file, ...info });
    else leftOut.push(`${entry.name} (${reason})`);
  }
  // notes are published: they say where the folder is beside the project, not where on this machine
  if (leftOut.length > 0) notes.push(`left out of ${relative(PROJECT_ROOT, path)}: ${leftOut.join(', ')}`);
  if (clips.length === 0)
    notes.push(`no filmed clips: ffmpeg finds no video in ${path}; name another with --clips DIR`);
  return clips;
}

export function filmedCase({ name, path, width, height, fps }: ClipFile): Case {
  return { name, clip: path, width, height, fps, truth: null };
}

function whyNoClip(info: ClipInfo | null): string | null {
  if (!info) return 'ffmpeg finds no video in it';
  // ffmpeg shows a text as on a terminal, and may show a single picture as a film of one frame
  if (info.format === 'tty') return 'a text';
  return /(^image2|_pipe$)/.test(info.format) ? 'a picture' : null;
}
