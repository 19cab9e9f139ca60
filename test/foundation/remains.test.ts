import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeFolderOfProcess } from '../../src/foundation/remains.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('remains');
const around = temporaryFolder('remains');
/** Of a process that has ended. */
const GONE = spawnSync(process.execPath, ['-e', '']).pid;
const HOUR_MS = 3_600_000;

/** A folder, last written to so many ms ago. */
function left(name: string, agoMs: number): string {
  const folder = join(around, name);
  mkdirSync(folder);
  const at = (Date.now() - agoMs) / 1000;
  utimesSync(folder, at, at);
  return folder;
}

test('what a killed process left long ago is removed; what is young, in use, or of another name stays', () => {
  const old = left(`edge-x-${GONE}-abc123`, 2 * HOUR_MS);
  const stay = [
    left(`edge-x-${GONE}-def456`, HOUR_MS / 2),
    left(`edge-x-${process.pid}-abc123`, 2 * HOUR_MS),
    left(`edge-x-y-${GONE}-abc123`, 2 * HOUR_MS),
    left('edge-x-mine', 2 * HOUR_MS),
  ];
  const made = makeFolderOfProcess(around, 'edge-x', HOUR_MS);
  assert.match(made, new RegExp(`/edge-x-${process.pid}-\\w{6}$`));
  assert.is(existsSync(old), false);
  assert.equal(
    stay.filter((folder) => !existsSync(folder)),
    [],
  );
});

test.run();
