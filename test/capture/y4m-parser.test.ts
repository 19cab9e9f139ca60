import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FramePool } from '../../src/capture/frame-pool.js';
import { Y4mParser } from '../../src/capture/y4m-parser.js';

const header = (width: number, height: number, more = 'C420jpeg XYSCSS=420JPEG') =>
  Buffer.from(`YUV4MPEG2 W${width} H${height} F25:1 Ip A1:1 ${more}\n`);
const picture = (width: number, height: number, value: number) =>
  Buffer.concat([Buffer.from('FRAME\n'), Buffer.alloc((width * height * 3) / 2, value)]);

function parse(bytes: Buffer, chunkBytes: number) {
  const pictures: string[] = [];
  const parser = new Y4mParser(new FramePool(2), ({ width, height, isFull, data }) =>
    pictures.push(`${width}x${height}${isFull ? ' full' : ''}:${data.length}:${data[0]}-${data.at(-1)}`),
  );
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes));
  return { pictures, malformed: parser.malformed, partial: parser.end() };
}

const everyChunking = [1, 2, 3, 7, 16, 4096];

test('cuts a stream into pictures, however it is chunked', () => {
  const stream = Buffer.concat([header(4, 2), picture(4, 2, 7), picture(4, 2, 80)]);
  for (const size of everyChunking) {
    const pictures = ['4x2:12:7-7', '4x2:12:80-80'];
    assert.equal(parse(stream, size), { pictures, malformed: 0, partial: false }, `chunks of ${size}`);
  }
});

test('tells the range that the header names', () => {
  const stream = Buffer.concat([header(4, 2, 'C420jpeg XCOLORRANGE=FULL'), picture(4, 2, 7)]);
  assert.equal(parse(stream, 9).pictures, ['4x2 full:12:7-7']);
});

test('skips garbage between pictures and counts each stretch once', () => {
  const garbage = Buffer.from('Opening in BLOCKING MODE\nFRAM FRAME FRFRAMFRAME');
  const stream = Buffer.concat([header(4, 2), picture(4, 2, 1), garbage, picture(4, 2, 2), garbage, picture(4, 2, 3)]);
  for (const size of everyChunking) {
    const pictures = ['4x2:12:1-1', '4x2:12:2-2', '4x2:12:3-3'];
    assert.equal(parse(stream, size), { pictures, malformed: 2, partial: false }, `chunks of ${size}`);
  }
});

test('what stands before the header, and headers of impossible sizes, are garbage', () => {
  const wrong = [
    Buffer.from('noise\n'),
    header(99_999, 99_998),
    header(3, 2),
    Buffer.alloc(700, 65),
    Buffer.from('\n'),
  ];
  const stream = Buffer.concat([...wrong, header(2, 2), picture(2, 2, 3)]);
  for (const size of everyChunking) {
    assert.equal(parse(stream, size), { pictures: ['2x2:6:3-3'], malformed: 1, partial: false }, `chunks of ${size}`);
  }
});

test('tells when the stream broke off inside a picture', () => {
  const stream = Buffer.concat([header(4, 2), picture(4, 2, 7)]);
  assert.is(parse(stream.subarray(0, stream.length - 2), 8).partial, true);
  assert.is(parse(header(4, 2).subarray(0, 5), 8).partial, true);
  assert.is(parse(header(4, 2), 8).partial, false);
});

test('bytes that are read where it says are in the picture, which is the same memory for each', () => {
  const pool = new FramePool(2);
  const seen = new Set<Uint8Array>();
  const parser = new Y4mParser(pool, ({ data }) => {
    assert.equal(
      [...data],
      Array.from({ length: 24 }, (_, i) => i),
    );
    seen.add(data);
    pool.give(data);
  });
  parser.push(header(4, 4));
  const bytes = Buffer.concat([Buffer.from('FRAME\n'), Buffer.from(Array.from({ length: 24 }, (_, i) => i))]);
  for (let round = 0; round < 5; round++) {
    for (let at = 0; at < bytes.length; at += 7) {
      const room = parser.room();
      const part = bytes.subarray(at, at + 7);
      assert.ok(room.length >= part.length);
      room.set(part);
      parser.filled(part.length);
    }
  }
  assert.is(seen.size, 1);
  assert.is(parser.end(), false);
  assert.ok(parser.room().length > 0);
});

test('a thousand random streams never make a picture of the wrong size', () => {
  let seed = 1;
  const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const good = picture(2, 2, 9);
  for (let round = 0; round < 1000; round++) {
    const noise = Buffer.from(Array.from({ length: 40 }, () => 'FRAME\n 1'.charCodeAt(Math.floor(random() * 8))));
    const stream = Buffer.concat([header(2, 2), good, noise, good, good]);
    const found = parse(stream, 1 + Math.floor(random() * 50));
    assert.is(found.pictures[0], '2x2:6:9-9');
    assert.ok(found.pictures.every((one) => one.startsWith('2x2:6:')));
  }
});

test.run();
