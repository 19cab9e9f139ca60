import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PictureJoin } from '../../src/capture/picture-join.js';

function joined() {
  const pairs: (string | number)[][] = [];
  const join = new PictureJoin((picture, note) => pairs.push([picture.width, note?.mediaMs ?? 'none']));
  const picture = (width: number) => join.picture({ width, height: 1, isFull: false, data: new Uint8Array(0) });
  const note = (index: number) =>
    join.note({ index, mediaMs: index * 40, sourceWidth: 0, sourceHeight: 0, damaged: false });
  return { pairs, picture, note, join };
}

test('joins a picture with its note, whichever comes first', () => {
  const { pairs, picture, note } = joined();
  note(0);
  picture(1);
  picture(2);
  note(1);
  assert.equal(pairs, [
    [1, 0],
    [2, 40],
  ]);
});

test('a lost note costs one picture its time and no more', () => {
  const { pairs, picture, note } = joined();
  picture(1);
  picture(2);
  note(1);
  assert.equal(pairs, [
    [1, 'none'],
    [2, 40],
  ]);
});

test('pictures do not wait for ever for notes', () => {
  const { pairs, picture, join } = joined();
  for (let i = 0; i < 20; i++) picture(i);
  assert.is(pairs.length, 4);
  join.end();
  assert.is(pairs.length, 20);
});

test('notes without pictures do not pile up', () => {
  const { pairs, picture, note } = joined();
  for (let i = 0; i < 3000; i++) note(i);
  for (let i = 0; i < 1977; i++) picture(i);
  assert.equal(pairs.slice(-2), [
    [1975, 'none'],
    [1976, 1976 * 40],
  ]);
});

test.run();
