import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FramePool } from '../../src/capture/frame-pool.js';
import { PpmParser } from '../../src/capture/ppm-parser.js';

const picture = (width: number, height: number, value: number) =>
  Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(width * height * 3, value)]);

function parse(bytes: Buffer, chunkBytes: number) {
  const pictures: string[] = [];
  const parser = new PpmParser(new FramePool(2), ({ width, height, data }) =>
    pictures.push(`${width}x${height}:${data.length}:${data[0]}-${data.at(-1)}`),
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes));
  return { pictures, malformed: parser.malformed, partial: parser.end() };
}

const everyChunking = [1, 2, 3, 7, 16, 4096];

test('cuts a stream into pictures, however it is chunked', () => {
  const stream = Buffer.concat([picture(4, 2, 7), picture(4, 2, 80), picture(2, 2, 10)]);
  for (const size of everyChunking) {
    const pictures = ['4x2:24:7-7', '4x2:24:80-80', '2x2:12:10-10'];
    assert.equal(parse(stream, size), { pictures, malformed: 0, partial: false }, `chunks of ${size}`);
  }
});

test('skips garbage between pictures and counts each stretch once', () => {
  const garbage = Buffer.from('Opening in BLOCKING MODE\nP6\nP6 \nPP6\n');
  const stream = Buffer.concat([garbage, picture(4, 2, 1), garbage, picture(4, 2, 2)]);
  for (const size of everyChunking) {
    const pictures = ['4x2:24:1-1', '4x2:24:2-2'];
    assert.equal(parse(stream, size), { pictures, malformed: 2, partial: false }, `chunks of ${size}`);
  }
});

test('a header of an impossible size is garbage', () => {
  const stream = Buffer.concat([Buffer.from('P6\n99999 99999\n255\n'), picture(2, 1, 3)]);
  assert.equal(parse(stream, 5), { pictures: ['2x1:6:3-3'], malformed: 1, partial: false });
});

test('tells when the stream broke off inside a picture', () => {
  assert.is(parse(picture(4, 2, 7).subarray(0, 30), 8).partial, true);
  assert.is(parse(picture(4, 2, 7).subarray(0, 5), 8).partial, true);
});

test('a thousand random streams never make a picture of the wrong size', () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const good = picture(3, 1, 9);
  for (let round = 0; round < 1000; round++) {
    const noise = Buffer.from(Array.from({ length: 40 }, () => 'P6\n 1253'.charCodeAt(Math.floor(random() * 8))));
    const found = parse(Buffer.concat([good, noise, Buffer.from('\n\n\n'), good, good]), 1 + Math.floor(random() * 50));
    assert.is(found.pictures[0], '3x1:9:9-9');
  }
});

test.run();
