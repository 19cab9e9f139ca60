import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JpegWalk } from '../../src/media/jpeg-walk.js';
import { inserted, jpegPicture, jpegSegment } from './encoded-pictures.js';

const jpeg = await jpegPicture();
const progressive = await jpegPicture({ progressive: true });
const thumbnail = inserted(jpeg, 2, jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), jpeg])));

/** Walks as the bytes come. */
function walk(bytes: Buffer, chunkBytes: number) {
  const walking = new JpegWalk();
  for (let length = 2; ; length = Math.min(bytes.length, length + chunkBytes)) {
    const state = walking.advance(bytes.subarray(0, length));
    if (state !== 'more' || length === bytes.length) return [state, walking.at];
  }
}

const everyChunking = [1, 7, 1000, 1_000_000];

for (const [what, bytes] of Object.entries({ jpeg, progressive, 'one with a thumbnail': thumbnail })) {
  test(`the end of a picture is found as its bytes come: ${what}`, () => {
    const behind = Buffer.concat([bytes, Buffer.from('\r\n--frame\r\n')]);
    for (const size of everyChunking) assert.equal(walk(behind, size), ['end', bytes.length], `chunks of ${size}`);
  });
}

test('a picture that breaks off ends where the next begins', () => {
  const cut = Buffer.concat([jpeg.subarray(0, 1500), Buffer.from('\r\n--frame\r\n\r\n'), jpeg]);
  for (const size of everyChunking) assert.equal(walk(cut, size), ['next', 1500 + 13], `chunks of ${size}`);
});

test('a segment that says to be shorter than its own length is none', () => {
  assert.equal(walk(inserted(jpeg, 2, Buffer.from([0xff, 0xe0, 0, 1])), 1000)[0], 'broken');
});

test('a picture has no endless number of segments', () => {
  const comment = jpegSegment(0xfe, Buffer.from('x'));
  const many = inserted(jpeg, 2, Buffer.concat(Array.from({ length: 2000 }, () => comment)));
  assert.equal(walk(many, 1000)[0], 'broken');
});

test.run();
