import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MultipartParser } from '../../src/capture/multipart.js';

const part = (body: string, length?: number) =>
  `--frame\r\nContent-Type: image/jpeg\r\n${length === undefined ? '' : `Content-Length: ${length}\r\n`}\r\n${body}\r\n`;

function parse(stream: string, chunkBytes: number, maxBytes = 1000) {
  const parts: string[] = [];
  const parser = new MultipartParser('frame', maxBytes, (body) => parts.push(body.toString('latin1')));
  const bytes = Buffer.from(stream, 'latin1');
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes));
  return { parts, malformed: parser.malformed };
}

const everyChunking = [1, 3, 17, 5000];

test('cuts parts by their length, however the stream is chunked', () => {
  const stream = part('one', 3) + part('two--frame-two', 14) + part('', 0);
  for (const size of everyChunking) {
    assert.equal(parse(stream, size), { parts: ['one', 'two--frame-two', ''], malformed: 0 }, `chunks of ${size}`);
  }
});

test('cuts parts without a length at the next boundary', () => {
  const stream = `${part('one') + part('t\r\nwo')}--frame\r\n`;
  for (const size of everyChunking) {
    assert.equal(parse(stream, size), { parts: ['one', 't\r\nwo'], malformed: 0 }, `chunks of ${size}`);
  }
});

test('skips a part that is too long and goes on at the next', () => {
  const big = 'x'.repeat(20_000);
  for (const size of [100, 5000]) {
    assert.equal(parse(part(big, 20_000) + part('ok', 2), size), { parts: ['ok'], malformed: 1 });
  }
});

test('a part without a length cannot grow without bound', () => {
  const { parts, malformed } = parse(`${part('x'.repeat(60_000))}${part('ok', 2)}`, 1000);
  assert.equal(parts, ['ok']);
  assert.is(malformed > 0, true);
});

test('garbage before the first boundary is passed over', () => {
  assert.equal(parse('HTTP noise\r\n\r\n'.repeat(2000) + part('ok', 2), 1000).parts, ['ok']);
});

test('a boundary that is given with its dashes is the same boundary', () => {
  const parts: string[] = [];
  new MultipartParser('--frame', 100, (body) => parts.push(body.toString())).push(Buffer.from(part('ok', 2)));
  assert.equal(parts, ['ok']);
});

test.run();
