import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('machine');
let trees = 0;

/** Files by path beneath a root, as /proc and /sys have them; text, or bytes. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Makes a root folder with these files in it. */
export function tree(files: Files): string {
  const root = join(folder, String(trees++));
  mkdirSync(root);
  write(root, files);
  return root;
}

/** Writes files in place, so that whoever holds them open reads the new text. */
export function write(root: string, files: Files): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
}
