import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TextCursor } from '../../../src/board/machine/kernel-text.js';

test('words and numbers come one after the other, and end with the line', () => {
  const cursor = new TextCursor().over('eth0:\t12 -3  4.25 up\nlo: 7\n');
  assert.is(cursor.word(':'), 'eth0');
  assert.is(cursor.number(), 12);
  assert.is(cursor.number(), -3);
  assert.is(cursor.number(), 4.25);
  assert.is(cursor.number(), null);
  assert.is(cursor.word(), 'up');
  assert.is(cursor.word(), '');
  assert.is(cursor.number(), null);
  assert.ok(cursor.nextLine());
  assert.is(cursor.word(':'), 'lo');
  assert.is(cursor.skip(1).number(), null);
  assert.not(cursor.nextLine());
});

test('a name counts at the beginning of a line alone', () => {
  const cursor = new TextCursor().over('SwapCached: 5 kB\nCached: 9 kB\n');
  assert.ok(cursor.toLine('Cached:'));
  assert.is(cursor.number(), 9);
  assert.not(cursor.toLine('SwapCached:'), 'it goes forward only');
  assert.is(cursor.word(), 'kB', 'and stays where it was');
});

test('nothing is read out of nothing', () => {
  const cursor = new TextCursor().over('');
  assert.not(cursor.toLine('cpu'));
  assert.is(cursor.word(), '');
  assert.is(cursor.number(), null);
  assert.not(cursor.nextLine());
  assert.is(new TextCursor().over('-').number(), null);
  assert.is(new TextCursor().over('.5').number(), null);
});

test.run();
