import { renameSync, writeFileSync } from 'node:fs';

/** Puts a text in place of what a file holds in one step: who ends the run meanwhile leaves the old one whole. */
export function putWhole(file: string, text: string): void {
  const part = `${file}.part`;
  writeFileSync(part, text);
  renameSync(part, file);
}
