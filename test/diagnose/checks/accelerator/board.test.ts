import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { boardCheck } from '../../../../src/diagnose/checks/accelerator/board.js';
import { PROJECT_ROOT } from '../../../../src/foundation/home.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('accelerator board');

const fixture = (name: string) => join(PROJECT_ROOT, 'test/fixtures/boards', name);

function look(board: string, tree: string, folder?: string) {
  const { config } = loadConfig({ env: { EDGE_BOARD: board } });
  return findingsOf(boardCheck(folder), patientAt(fixture(tree), { config }));
}

test('every board that is known is recognised, and its settings are used', async () => {
  for (const name of ['jetson-orin-nano', 'jetson-xavier-nx', 'raspberry-pi-5', 'rk3588', 'x86-cpu', 'x86-cuda']) {
    const findings = await look('auto', name);
    assert.equal(told(findings), ['fine board-fine'], name);
    assert.is(findings[0]?.values['board'], name);
  }
});

test('one that is not known runs with the defaults', async () => {
  assert.equal(told(await look('auto', 'raspberry-pi-4')), ['fine board-unrecognised']);
});

test('a card of one board in another one runs with the wrong settings', async () => {
  const findings = await look('jetson-orin-nano', 'raspberry-pi-5');
  assert.equal(told(findings), ['degraded board-other']);
  assert.is(remedyOf(findings), 'Set board: auto, and look at what remains: edge-optimizer config check');
});

test('a PC that is named with or without its card is that PC', async () => {
  assert.equal(told(await look('x86-cuda', 'x86-cpu')), ['fine board-named']);
  assert.equal(told(await look('none', 'x86-cpu')), ['fine board-unused']);
});

test('a board whose file was not installed runs with the settings for any machine', async () => {
  const empty = join(temporaryFolder('board-files'), 'device-config');
  mkdirSync(empty);
  assert.equal(told(await look('auto', 'rk3588', empty)), ['degraded board-file-missing']);
});

test.run();
