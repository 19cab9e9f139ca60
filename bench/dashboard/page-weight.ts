import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

/**
 * What the browser told of Grafana's login page in grafana/grafana issue 21074 (December 2019): document, styles, font and scripts as
 * transferred, 37.4 + 14.6 + 339 + 3.3 + 173 + 1500 + 260 kB; `vendors~app` (2.7 MB on disk) came out of the cache.
 */
export const GRAFANA_LOGIN_KB = 2327;

/** What a browser fetches of the pages, gzipped. */
export function pageWeight(): { readonly firstKiB: number; readonly allKiB: number } {
  const folder = join(PROJECT_ROOT, 'dist/src/dashboard/page');
  const sizes = new Map(
    readdirSync(folder)
      .filter((name) => name.endsWith('.gz'))
      .map((name) => [name.slice(0, -3), statSync(join(folder, name)).size]),
  );
  const index = readFileSync(join(folder, 'index.html'), 'utf8');
  const first = [...sizes].filter(([name]) => name === 'index.html' || index.includes(name));
  const kib = (entries: Iterable<readonly [string, number]>): number =>
    Math.round([...entries].reduce((sum, [, bytes]) => sum + bytes, 0) / 102.4) / 10;
  return { firstKiB: kib(first), allKiB: kib(sizes) };
}
