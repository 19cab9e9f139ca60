import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AnswerParser } from '../../src/capture/http-answer.js';

/** Reads an answer whose connection is closed behind it. */
function read(answer: string, chunkBytes: number) {
  const parser = new AnswerParser();
  const bytes = Buffer.from(answer, 'latin1');
  const body: Buffer[] = [];
  for (let at = 0; at < bytes.length && !parser.done; at += chunkBytes) {
    body.push(parser.push(bytes.subarray(at, at + chunkBytes)));
  }
  const { done, lengthReached } = parser;
  body.push(parser.end());
  return { head: parser.head, body: Buffer.concat(body).toString('latin1'), done, lengthReached };
}

const PICTURE = '\xff\xd8\xff\xe0 picture \n\n\xff\xd9';
const length = `Content-Length: ${PICTURE.length}`;

for (const [what, answer] of [
  ['as it should be', `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n${length}\r\n\r\n${PICTURE}`],
  ['with lines that end in LF', `HTTP/1.1 200 OK\nContent-Type: image/jpeg\n${length}\n\n${PICTURE}`],
  ['whose last line alone ends in CRLF', `HTTP/1.1 200 OK\nContent-Type: image/jpeg\n\r\n${PICTURE}`],
  [
    'with lines without a name',
    `HTTP/1.1 200 OK\r\nTue, 12 Jun 2012 01:56:34\r\n: *\r\nContent-Type: image/jpeg\r\n\r\n${PICTURE}`,
  ],
  ['with a blank before the colon', `HTTP/1.1 200 OK\r\nContent-Type : image/jpeg\r\n\r\n${PICTURE}`],
  ['with a folded line', `HTTP/1.1 200 OK\r\nContent-Type:\r\n image/jpeg\r\n\r\n${PICTURE}`],
  ['of SHOUTcast', `ICY 200 OK\r\nContent-Type: image/jpeg\r\n\r\n${PICTURE}`],
  ['without a reason', `HTTP/1.1 200\r\nContent-Type: image/jpeg\r\n\r\n${PICTURE}`],
  ['of version 2', `HTTP/2 200\r\ncontent-type: image/jpeg\r\n\r\n${PICTURE}`],
  ['behind an empty line', `\r\nHTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n${PICTURE}`],
  ['behind 100 Continue', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n${PICTURE}`],
  ['without a blank line', `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n${PICTURE}`],
  [
    'of a length that is too large',
    `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 999\r\n\r\n${PICTURE}`,
  ],
  [
    'of a length that is too small',
    `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 3\r\n\r\n${PICTURE}`,
  ],
  ['of two lengths', `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n${length}\r\nContent-Length: 3\r\n\r\n${PICTURE}`],
  ['of a length that is none', `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: -1\r\n\r\n${PICTURE}`],
  ['in chunks', chunked('5\r\n', '\r\n0\r\n\r\n')],
  ['in chunks and of a length', chunked('5\r\n', '\r\n0\r\n\r\n', `${length}\r\n`)],
  ['in chunks with something behind their lengths', chunked('0005 ;name="x"\r\n', '\r\n0;last\r\n\r\n')],
  ['in chunks whose lines end in LF', chunked('5\n', '\n0\n\n')],
  ['in chunks without a last one', chunked('5\r\n', '\r\n')],
  [
    'that says to be in chunks and is not',
    `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n\r\n${PICTURE}`,
  ],
] as const) {
  test(`an answer ${what} is read`, () => {
    for (const size of [1, 3, 50, 1_000_000]) {
      const { head, body } = read(answer, size);
      assert.is(head?.status, 200, `chunks of ${size}`);
      assert.equal(head?.headers.get('content-type')?.join().trim(), 'image/jpeg', `chunks of ${size}`);
      assert.is(body, PICTURE, `chunks of ${size}`);
    }
  });
}

test('an answer without a status line is nothing but a body', () => {
  for (const size of [1, 1_000_000]) {
    const { head, body } = read(PICTURE, size);
    assert.equal([head?.protocol, head?.status, body], ['', 200, PICTURE]);
  }
});

test('an answer says when it is as long as it ought to be', () => {
  const start = `HTTP/1.1 200 OK\r\n${length}\r\n\r\n`;
  assert.is(read(start + PICTURE.slice(0, -1), 1000).lengthReached, false);
  assert.is(read(start + PICTURE, 1000).lengthReached, true);
  assert.is(read(`HTTP/1.1 200 OK\r\n\r\n${PICTURE}`, 1000).lengthReached, false);
  assert.is(read('HTTP/1.1 204 No Content\r\n\r\n', 1000).done, true);
  assert.is(read(chunked('5\r\n', '\r\n0\r\n\r\n'), 1000).done, true);
});

test('an answer that breaks off in its headers is none', () => {
  assert.is(read('HTTP/1.1 200 OK\r\nContent-Type: image', 1000).head, null);
  assert.is(read('HTT', 1000).head, null);
  assert.is(read('', 1000).head, null);
});

test('of several headers of a name all are kept', () => {
  const { head } = read(
    'HTTP/1.1 401\r\nWWW-Authenticate: Basic realm="a"\r\nwww-authenticate: Digest nonce="b"\r\n\r\n',
    1000,
  );
  assert.equal(head?.headers.get('www-authenticate'), ['Basic realm="a"', 'Digest nonce="b"']);
});

test('headers that do not end are refused', () => {
  const parser = new AnswerParser();
  parser.push(Buffer.from('HTTP/1.1 200 OK\r\n'));
  assert.throws(() => {
    for (let lines = 0; lines < 10_000; lines++) parser.push(Buffer.from(`X-Line-${lines}: and on\r\n`));
  }, /do not end within 32768 bytes/);
});

/** The picture in chunks of five bytes and a rest. */
function chunked(lengthLine: string, end: string, header = ''): string {
  const pieces = PICTURE.match(/.{1,5}/gs)!;
  const chunks = pieces.map((piece) => lengthLine.replace('5', piece.length.toString(16)) + piece);
  const head = `HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n${header}Transfer-Encoding: chunked\r\n\r\n`;
  return head + chunks.join(lengthLine.endsWith('\r\n') ? '\r\n' : '\n') + end;
}

test.run();
