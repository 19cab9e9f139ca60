import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findExecutable } from '../../src/foundation/executable.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('executable');
mkdirSync(join(folder, 'first/tool'), { recursive: true });
mkdirSync(join(folder, 'second'));
writeFileSync(join(folder, 'second/tool'), '#!/bin/sh\n');
chmodSync(join(folder, 'second/tool'), 0o755);
writeFileSync(join(folder, 'second/text'), '');
const path = `${folder}/first:${folder}/second`;

test('a name is looked for in the folders of PATH; folders and plain files of that name are none', () => {
  assert.is(findExecutable('tool', path), `${folder}/second/tool`);
  assert.is(findExecutable('text', path), null);
  assert.is(findExecutable('nothing', path), null);
});

test('with a slash it is a file and PATH does not matter', () => {
  assert.is(findExecutable(`${folder}/second/tool`, ''), `${folder}/second/tool`);
  assert.is(findExecutable(`${folder}/first/tool`, path), null);
  assert.is(findExecutable('./tool', path), null);
});

test.run();
