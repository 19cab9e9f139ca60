import { readdir, readFile, rm, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { IDENTIFIER_PATTERN } from '../../foundation/identifier.js';
import { writeWhole } from '../../foundation/private-files.js';
import { z } from '../../foundation/validate.js';

/** The file in a diary's folder that says what is in it. */
export const DIARY_INDEX = 'diary.json';

/** One kept frame. */
export interface DiaryEntry {
  /** File name in the folder: `<Unix ms>-<camera>-<light><crowd>.jpg`. */
  readonly name: string;
  readonly camera: string;
  /** Unix ms. */
  readonly at: number;
  /** 0..23 on the device's clock. */
  readonly hour: number;
  /** 0 dark … 9 bright, as whoever keeps the diary tells them apart. */
  readonly light: number;
  /** 0 nothing there, 1 a few vehicles, 2 many. */
  readonly crowd: number;
  /** Empty where it was lost. */
  readonly look: Uint8Array;
  readonly bytes: number;
}

const NAME = new RegExp(String.raw`^(\d{1,15})-(${IDENTIFIER_PATTERN})-(\d)(\d)\.jpg$`);
const OURS = new RegExp(String.raw`^\d{1,15}-${IDENTIFIER_PATTERN}-\d\d\.jpg(\.part)?$`);

const indexSchema = z.object({
  version: z.literal(1),
  frames: z.array(
    z.object({ name: z.string().regex(NAME), hour: z.int().min(0).max(23), look: z.string(), bytes: z.int().min(1) }),
  ),
});

/** The file name that says when, where and in what light a frame was seen. */
export function diaryFileName({
  at,
  camera,
  light,
  crowd,
}: Pick<DiaryEntry, 'at' | 'camera' | 'light' | 'crowd'>): string {
  return `${at}-${camera}-${light}${crowd}.jpg`;
}

/** Puts the index in place of the old one: it is always one or the other, never half of it. */
export async function writeDiaryIndex(folder: string, entries: readonly DiaryEntry[]): Promise<void> {
  const frames = entries.map(({ name, hour, look, bytes }) => ({
    name,
    hour,
    bytes,
    look: Buffer.from(look).toString('base64'),
  }));
  await writeWhole(join(folder, DIARY_INDEX), `${JSON.stringify({ version: 1, frames })}\n`);
}

/** What a diary's folder holds. */
export interface DiaryContents {
  readonly entries: readonly DiaryEntry[];
  /** Files of ours that are no entries: left over by a power cut, or cut short. */
  readonly remains: readonly string[];
  /** Whether the index could be read; if not, the entries are what the file names say. */
  readonly indexed: boolean;
}

/**
 * Reads a diary's folder: frames whose file is missing or has another length than the index says are no entries. Without
 * a readable index every picture is one, though nothing is known of its look.
 * @throws the file system's error where the folder cannot be read
 */
export async function readDiary(folder: string, localHour: (at: number) => number): Promise<DiaryContents> {
  const ours = (await readdir(folder)).filter((name) => OURS.test(name)).sort();
  const sizes = new Map<string, number>();
  for (const name of ours) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile()) sizes.set(name, found.size);
  }
  const index = await readIndex(folder);
  const listed = index ?? ours.map((name) => ({ name, bytes: sizes.get(name) ?? 0, look: '', hour: null }));
  const entries = listed.flatMap(({ name, bytes, look, hour }): DiaryEntry[] => {
    const parts = NAME.exec(name);
    if (!parts || bytes === 0 || sizes.get(name) !== bytes) return [];
    const at = Number(parts[1]);
    const [camera, light, crowd] = [parts[2]!, Number(parts[3]), Number(parts[4])];
    return [{ name, camera, at, hour: hour ?? localHour(at), light, crowd, look: Buffer.from(look, 'base64'), bytes }];
  });
  const names = new Set(entries.map(({ name }) => name));
  return { entries, remains: ours.filter((name) => !names.has(name)), indexed: index !== null };
}

/** Removes files of a diary; one that is gone already is no error. */
export async function removeFiles(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await unlink(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await rm(join(folder, `${DIARY_INDEX}.part`), { force: true });
}

async function readIndex(folder: string): Promise<z.infer<typeof indexSchema>['frames'] | null> {
  try {
    return indexSchema.parse(JSON.parse(await readFile(join(folder, DIARY_INDEX), 'utf8'))).frames;
  } catch {
    return null;
  }
}
