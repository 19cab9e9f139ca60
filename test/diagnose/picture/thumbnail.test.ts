import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodedThumbnail, thumbnailLines } from '../../../src/cli/thumbnails.js';
import { thumbnailOf } from '../../../src/diagnose/picture/thumbnail.js';

const test = suite('thumbnails');
const grey = { width: 640, height: 360, data: new Uint8Array(640 * 360 * 3).fill(200) };

test('a thumbnail is 160 pixels wide, and black wherever a mask touches it', () => {
  const left = [
    [0, 0],
    [0.501, 0],
    [0.501, 1],
    [0, 1],
  ] as [number, number][];
  const { width, height, data } = thumbnailOf(grey, [left]);
  assert.equal([width, height], [160, 90]);
  const row = Array.from(data.subarray(0, width * 3)).filter((_, at) => at % 3 === 0);
  assert.is(row.lastIndexOf(0), 80);
  assert.is(row[81], 200);
  assert.is(thumbnailOf({ width: 2, height: 1, data: new Uint8Array(6) }, []).width, 2);
});

test('its JPEG has no more than 8 KiB as base64, also of pure noise', async () => {
  const noise = {
    width: 160,
    height: 90,
    data: Uint8Array.from({ length: 43_200 }, (_, at) => (at * 7919 * (at % 251)) % 256),
  };
  const thumbnail = await encodedThumbnail('north', noise);
  assert.equal([thumbnail?.camera, thumbnail?.width, thumbnail?.height], ['north', 160, 90]);
  assert.ok(thumbnail!.jpeg.length <= 8192);
  assert.equal([...Buffer.from(thumbnail!.jpeg, 'base64').subarray(0, 2)], [0xff, 0xd8]);
});

test('a terminal shows it in blocks beneath the name, and one that has no pictures nothing', () => {
  const lines = thumbnailLines('north', thumbnailOf(grey, []), 'blocks');
  assert.is(lines[0], 'north');
  assert.is(lines.length, 19);
  assert.match(lines[1]!, '▀');
  assert.equal(thumbnailLines('north', thumbnailOf(grey, []), 'none'), []);
});

test.run();
