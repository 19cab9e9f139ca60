import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const PICTURE = /\.(?:jpe?g|png|webp)$/i;
const ORDER = new Intl.Collator('en', { numeric: true });

/** The names of the JPEG, PNG and WebP files of a folder, in natural order: 2.jpg before 10.jpg. Fails as readdir does. */
export async function pictureNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => PICTURE.test(name)).sort(ORDER.compare);
}

/**
 * The paths, beneath `folder`, of the pictures in it and in all folders beneath it, in natural order. Links to folders are
 * not followed. Fails as readdir does.
 * @param except a folder that is left out
 */
export async function picturesBeneath(folder: string, except: string | null = null): Promise<string[]> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => ORDER.compare(a.name, b.name));
  const found: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (path === except) continue;
      for (const beneath of await picturesBeneath(path, except)) found.push(join(entry.name, beneath));
    } else if (PICTURE.test(entry.name)) found.push(entry.name);
  }
  return found;
}
