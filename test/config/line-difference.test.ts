import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineDifference } from '../../src/config/line-difference.js';

const told = (before: string, after: string): string[] =>
  lineDifference(before, after).map(
    ({ kind, text, line }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${line} ${text}`,
  );

test('changes are told with the lines around them', () => {
  assert.equal(told('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nX\ne\nf\n'), [' 2 b', ' 3 c', '-4 d', '+4 X', ' 5 e', ' 6 f']);
  assert.equal(told('a\n', 'a\n'), []);
  assert.equal(told('a\nb', 'a\nn\nb'), [' 1 a', '+2 n', ' 3 b']);
});

test('what stands between two changes and is the same is told as the same', () => {
  assert.equal(told('a\nkeep\nb', 'x\nkeep\ny'), ['-1 a', '+1 x', ' 2 keep', '-3 b', '+3 y']);
});

test('texts of which nothing is the same are told whole, without a table of them', () => {
  const lines = (mark: string) => Array.from({ length: 1500 }, (_, i) => `${mark}${i}`).join('\n');
  const difference = lineDifference(lines('a'), lines('b'));
  assert.is(difference.filter(({ kind }) => kind === 'removed').length, 1500);
  assert.is(difference.filter(({ kind }) => kind === 'added').length, 1500);
});

test.run();
