import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage } from '../../src/media/image.js';
import { wholeJpeg } from '../../src/media/whole-jpeg.js';
import { inserted, jpegPicture, jpegSegment, pngPicture, scansOf, webpPicture } from './encoded-pictures.js';

const END = Buffer.from([0xff, 0xd9]);
const jpeg = await jpegPicture();
const progressive = await jpegPicture({ progressive: true });
const restarting = withRestartInterval(await jpegPicture({ optimiseCoding: false }));
const scan = scansOf(jpeg)[0]!;
const cutAt = Math.round(jpeg.length * 0.55);

const outcome = (bytes: Uint8Array) =>
  decodeImage(bytes, 640).then(
    ({ width, height }) => `${width}x${height}`,
    (error: Error) => error.message,
  );

/** Says that restart markers are to be expected; one interval is longer than the picture, so that there are none. */
function withRestartInterval(picture: Buffer): Buffer {
  return inserted(picture, 2, jpegSegment(0xdd, Buffer.from([0xff, 0xff])));
}

for (const [what, bytes] of Object.entries({
  'a whole one': jpeg,
  'a progressive one': progressive,
  'one without its end marker': jpeg.subarray(0, -2),
  'a progressive one without its end marker': progressive.subarray(0, -2),
  'one with a restart interval': restarting,
  'one with stray bytes between its segments': inserted(jpeg, 2, Buffer.from([1, 2, 3])),
  'one with stray bytes and no end marker': inserted(jpeg, 2, Buffer.from([1, 2, 3])).subarray(0, -2),
  'one with its start marker twice': Buffer.concat([jpeg.subarray(0, 2), jpeg]),
  'one with fill bytes before a marker': inserted(jpeg, 2, Buffer.from([0xff, 0xff])),
  'one with stray bytes behind its scan': inserted(jpeg, jpeg.length - 2, Buffer.from([1, 2, 3])),
  'one with two end markers': Buffer.concat([jpeg, END]),
  'one with zeros behind it': Buffer.concat([jpeg, Buffer.alloc(500)]),
  'one with a line break before it': Buffer.concat([Buffer.from('\r\n'), jpeg]),
  'one with a colour transform that nobody knows': inserted(jpeg, 2, jpegSegment(0xee, adobe(9))),
  'one whose scan says that it holds one coefficient': withSelection(0),
  'one with the markers of another in a comment': inserted(jpeg, 2, jpegSegment(0xfe, jpeg.subarray(0, 600))),
  'a PNG without its last chunk': (await pngPicture()).subarray(0, -12),
})) {
  test(`of pictures ${what} is taken`, async () => {
    assert.is(await outcome(bytes), '160x96');
  });
}

const premature = /premature end of data segment/;
for (const [what, bytes, reason] of [
  ['one cut off', jpeg.subarray(0, cutAt), premature],
  ['one cut off and closed', Buffer.concat([jpeg.subarray(0, cutAt), END]), premature],
  ['one cut off and filled with zeros', Buffer.concat([jpeg.subarray(0, cutAt), Buffer.alloc(cutAt), END]), premature],
  ['one cut off and filled with ones', Buffer.concat([jpeg.subarray(0, cutAt), Buffer.alloc(cutAt, 255)]), premature],
  ['one that lacks its last 20 bytes', jpeg.subarray(0, -20), premature],
  [
    'one that lost a packet',
    Buffer.concat([jpeg.subarray(0, scan + 500), jpeg.subarray(scan + 1500)]),
    /bad Huffman code/,
  ],
  [
    'one with stray markers in its scan',
    inserted(jpeg, scan + 200, Buffer.from('ffd50017'.repeat(6), 'hex')),
    premature,
  ],
  ['one with stray bytes between segments, cut off', inserted(jpeg, 2, Buffer.from([1])).subarray(0, cutAt), premature],
  ['one with an odd selection, cut off', withSelection(0).subarray(0, cutAt), premature],
  [
    'a progressive one after one scan',
    progressive.subarray(0, scansOf(progressive)[1]),
    /some of its scans are missing/,
  ],
  [
    'a progressive one that lacks its last scan and is closed',
    Buffer.concat([progressive.subarray(0, scansOf(progressive).at(-1)), END]),
    /some of its scans are missing/,
  ],
  ['a progressive one cut off in its last scan', progressive.subarray(0, -60), premature],
  ['one cut off in its head', jpeg.subarray(0, scan - 30), /cut off before its picture begins/],
  ['a PNG cut off', (await pngPicture()).subarray(0, 5000), /libpng/],
  ['a WebP cut off', (await webpPicture()).subarray(0, 1000), /webp/],
  ['a login page', Buffer.from('<html><head><title>Sign\n in</title>'), /^it is a web page \("Sign in"\)$/],
  ['an error in JSON', Buffer.from('{"error":401}'), /^it is JSON \("{\\"error\\":401}"\)$/],
  ['a text', Buffer.from('busy, try later'), /^it is text \("busy, try later"\)$/],
  ['bytes', Buffer.from([0xde, 0xad, 0, 1, 0x67, 0x42]), /^it is 6 bytes that begin with de ad 00 01 67 42$/],
  ['nothing', Buffer.alloc(0), /^it is nothing \(0 bytes\)$/],
] as const) {
  test(`of pictures ${what} is refused`, async () => {
    assert.match(await outcome(bytes), reason);
  });
}

test('whatever is changed in a picture, it is mended or refused in words', () => {
  let state = 1;
  const random = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    const changed = Buffer.from(round % 2 === 0 ? jpeg : progressive);
    for (let change = 0; change < 4; change++) changed[2 + random(700)] = random(256);
    try {
      assert.ok(wholeJpeg(changed).length > 0);
    } catch (error) {
      assert.match((error as Error).message, /^the JPEG is cut off/);
      refused++;
    }
  }
  assert.ok(refused > 100 && refused < 1900);
});

function adobe(transform: number): Buffer {
  return Buffer.concat([Buffer.from('Adobe\0\x64\0\0\0\0'), Buffer.from([transform])]);
}

/** Sets the last coefficient that the scan says to hold; cheap encoders write 0 for all 64. */
function withSelection(last: number): Buffer {
  const changed = Buffer.from(jpeg);
  changed[scan + 2 + changed.readUInt16BE(scan + 2) - 2] = last;
  return changed;
}

test.run();
