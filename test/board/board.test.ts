import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseBoard, listBoards, recogniseBoard } from '../../src/board/board.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const FIXTURES = join(PROJECT_ROOT, 'test/fixtures/boards');
const folder = join(PROJECT_ROOT, 'device-config');
const SHIPPED = ['jetson-orin-nano', 'jetson-xavier-nx', 'raspberry-pi-5', 'rk3588', 'x86-cpu', 'x86-cuda'];

for (const board of SHIPPED) {
  test(`${board} is recognised by what its kernel says`, () => {
    assert.is(recogniseBoard(join(FIXTURES, board)), board);
  });
}

test('a Raspberry Pi 5 is recognised in a container, which hides the device tree', () => {
  assert.is(recogniseBoard(join(FIXTURES, 'raspberry-pi-5-container')), 'raspberry-pi-5');
});

test('a board without a file of its own is not mistaken for another', () => {
  assert.is(recogniseBoard(join(FIXTURES, 'raspberry-pi-4')), null);
});

test('a machine that says nothing about itself is no known board', () => {
  assert.is(recogniseBoard(join(FIXTURES, 'no-such-tree')), null);
});

test('the shipped boards are six', () => {
  assert.equal(listBoards(folder), SHIPPED);
});

test('board none takes no file, whatever the machine is', () => {
  const choice = chooseBoard('none', { root: join(FIXTURES, 'x86-cpu'), folder });
  assert.equal(choice, { board: null, problem: null });
});

test('a recognised board without a file means no board file', () => {
  const choice = chooseBoard('auto', { root: join(FIXTURES, 'rk3588'), folder: join(FIXTURES, 'no-such-folder') });
  assert.equal(choice, { board: null, problem: null });
});

test('a misspelled board is a problem that lists the known ones and guesses which was meant', () => {
  const { board, problem } = chooseBoard('raspberrypi5', { root: '/', folder });
  assert.is(board, null);
  assert.is(
    problem,
    'board: expected one of auto, none, jetson-orin-nano, jetson-xavier-nx, raspberry-pi-5, rk3588, x86-cpu, x86-cuda, got "raspberrypi5", did you mean raspberry-pi-5?',
  );
});

test.run();
