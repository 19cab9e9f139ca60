import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderModeCheck, judgeFolder } from '../../../../src/diagnose/checks/storage/folder-mode.js';
import { tree } from '../../../board/machine/trees.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, remedyOf, runningAs, told, withStore } from '../patients.js';

const test = suite('folder mode');
const folder = join(temporaryFolder('folder-mode'), 'data');
mkdirSync(folder);

const look = (mode: number) => {
  chmodSync(folder, mode);
  return findingsOf(folderModeCheck(), withStore(folder));
};

test('a folder for its user alone is fine, as is one that is still to be made', async () => {
  assert.equal(told(await look(0o700)), ['fine store-private']);
  assert.equal(await findingsOf(folderModeCheck(), withStore(`${folder}/none`)), []);
});

test('a folder that others may enter or write is told', async () => {
  const open = await look(0o755);
  assert.equal(told(open), ['degraded store-open-to-all']);
  assert.is(open[0]?.values.mode, '755');
  assert.is(remedyOf(open), `Close it: chmod 700 ${folder}`);
  assert.equal(told(await look(0o777)), ['degraded store-writable-by-all']);
});

test('a folder of another user than the running program is told', async () => {
  chmodSync(folder, 0o700);
  const root = tree({ 'proc/77/status': 'Name: node\nUid:\t4242\t4242\t4242\t4242\n' });
  const findings = await findingsOf(folderModeCheck(), { ...withStore(folder), root, running: runningAs(77) });
  assert.equal(told(findings), ['degraded store-foreign']);
  assert.is(findings[0]?.values.user, 4242);
  assert.match(remedyOf(findings) ?? '', /^Give it to the user of the service: chown -R edge-optimizer:/);
});

test('whoever happens to look is not taken for the program', () => {
  const state = { folder, mode: 0o700, owner: 998, user: 1000, isRunning: false };
  assert.equal(told(judgeFolder(state)), ['unknown store-foreign']);
});

test.run();
