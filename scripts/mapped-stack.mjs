// Places in built files, as those in their sources: what `node --enable-source-maps` does for a trace, but only once somebody wants to read one.
// A test file reads hundreds of modules, and the maps of all of them take a fifth of its time.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PLACE = /(?:file:\/\/)?(\/[^\s()]+\.js):(\d+):(\d+)/g;

/** @param text of a trace, or with traces in it; what has no map stays as it is */
export function mappedStack(text) {
  const maps = new Map();
  return text.replace(PLACE, (place, file, line, column) => {
    if (!maps.has(file)) maps.set(file, mapOf(file));
    const entry = maps.get(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (entry?.originalSource === undefined) return place;
    return `${resolve(dirname(file), pathOf(entry.originalSource))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}

function mapOf(file) {
  try {
    return new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
  } catch {
    return null;
  }
}

const pathOf = (source) => (source.startsWith('file:') ? fileURLToPath(source) : source);
