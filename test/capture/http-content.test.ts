import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { httpContent, strangeContent } from '../../src/capture/http-content.js';

const JPEG = Buffer.from('ffd8ffe000104a464946', 'hex');
const PART = Buffer.from('--frame\r\nContent-Type: image/jpeg\r\n\r\n');
const PAGE = Buffer.from('<html><meta http-equiv="Content-Type" content="text/html">');
const TS = Buffer.concat([Buffer.from('G'), Buffer.alloc(187), Buffer.from('G')]);

for (const [type, first, content] of [
  ['image/jpeg', JPEG, 'snapshot'],
  ['image/jpeg', PAGE, null],
  ['image/jpeg', Buffer.alloc(0), null],
  ['image/gif', Buffer.from('GIF89a\x01\0', 'latin1'), 'snapshot'],
  ['', Buffer.from('GIF89a\x01\0', 'latin1'), 'snapshot'],
  ['', Buffer.from('\0\0\0\x20ftypavif', 'latin1'), 'snapshot'],
  ['application/octet-stream', JPEG, 'snapshot'],
  ['application/octet-stream', PART, 'mjpeg'],
  ['application/octet-stream', Buffer.from([1, 2, 3]), 'video'],
  ['', JPEG, 'snapshot'],
  ['', Buffer.from('Content-Length: 5\r\n\r\n'), 'mjpeg'],
  ['', TS, 'video'],
  ['', Buffer.from([1, 2, 3]), null],
  ['text/html', JPEG, 'snapshot'],
  ['text/html', PAGE, null],
  ['text/plain', Buffer.from('#EXTM3U\n'), 'video'],
  ['application/vnd.apple.mpegurl', Buffer.from('#EXTM3U\n'), 'video'],
  ['video/mp4', Buffer.from('\0\0\0\x20ftypisom', 'latin1'), 'video'],
  ['video/x-motion-jpeg', JPEG, 'mjpeg'],
  ['video/mjpeg', PART, 'mjpeg'],
  ['application/json', Buffer.from('{"a":"content-type: x"}'), null],
] as const) {
  test(`an answer of type "${type}" that begins with ${first.toString('hex', 0, 8) || 'nothing'} is ${content}`, () => {
    assert.is(httpContent(type, first), content);
  });
}

test('what is a picture, but none that is read, asks for another format, and not for a password', () => {
  const said = strangeContent('', Buffer.from('424d368c0a0000000000', 'hex'), null);
  assert.match(said, 'got a BMP picture, which is not read: let the camera send JPEG');
  assert.match(strangeContent('text/html', PAGE, null), 'check the address, and user and password');
});

test.run();
