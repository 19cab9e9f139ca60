import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { apiReports } from '../../scripts/api-report.js';

const reports = apiReports();

for (const [file, text] of reports) {
  test(`what can be imported is what docs/api/${basename(file)} says`, () => {
    const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
    assert.is(
      written,
      text,
      '`npm run docs` brings it up to date; a change that breaks programs is told in CHANGELOG.md',
    );
  });
}

test('there is no report of a part that is no more', () => {
  const folder = dirname([...reports.keys()][0]!);
  assert.equal(
    readdirSync(folder)
      .filter((name) => name.endsWith('.api.md'))
      .map((name) => join(folder, name))
      .sort(),
    [...reports.keys()].sort(),
  );
});

test('a report shows what a class lets be called, and nothing private', () => {
  const [cache] = [...reports].find(([file]) => file.endsWith('cache.api.md'))!.slice(1);
  assert.match(cache!, 'export declare class Cache {');
  assert.match(cache!, 'invalidateByTags(tags: readonly string[]');
  assert.not.match(cache!, '#private');
});

test.run();
