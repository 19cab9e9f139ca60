import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { siteFileOf } from '../../src/config/installed-site.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('installed site');

test('the file that is named comes before the installed one, and where neither is there is none', () => {
  const installed = join(temporaryFolder('installed-site'), 'site.yaml');
  assert.is(siteFileOf(undefined, installed), undefined);
  writeFileSync(installed, 'site: ruta-5\n');
  assert.is(siteFileOf(undefined, installed), installed);
  assert.is(siteFileOf('other.yaml', installed), 'other.yaml');
});

test.run();
