import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeContent, isWords, pictureFormat } from '../../src/media/content-kind.js';
import { jpegPicture, pngPicture, webpPicture } from './encoded-pictures.js';

test('the format of a picture is told by its first bytes', async () => {
  assert.is(pictureFormat(await jpegPicture()), 'jpeg');
  assert.is(pictureFormat(await pngPicture()), 'png');
  assert.is(pictureFormat(await webpPicture()), 'webp');
  assert.is(pictureFormat(Buffer.from('RIFF1234WAVE')), null);
  assert.is(pictureFormat(Buffer.from([0xff])), null);
});

for (const [bytes, said] of [
  [Buffer.alloc(0), 'nothing (0 bytes)'],
  [Buffer.from('\uFEFF <!DOCTYPE html>\n<html><head><title>\n Log\n in </title>'), 'a web page ("Log in")'],
  [Buffer.from('<p>busy</p>'), 'a web page'],
  [
    Buffer.from('<?xml version="1.0"?><ResponseStatus>4</ResponseStatus>'),
    'XML ("<?xml version=\\"1.0\\"?><ResponseStatus>4</ResponseStatus>")',
  ],
  [Buffer.from('{"error": "no session"}'), 'JSON ("{\\"error\\": \\"no session\\"}")'],
  [Buffer.from('#EXTM3U\n#EXT-X-VERSION:3'), 'a playlist'],
  [Buffer.from('Zu viele Zuschauer: später'), 'text ("Zu viele Zuschauer: später")'],
  [Buffer.from('x'.repeat(200)), `text ("${'x'.repeat(59)}…")`],
  [Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]), 'a TLS record: is it https://?'],
  [Buffer.from([0, 0, 0, 1, 0x67, 0x42]), 'bare H.264 or H.265 video'],
  [Buffer.from('\0\0\0\x20ftypisom', 'latin1'), 'an MP4 video'],
  [
    Buffer.from('--frame\r\nContent-Type: video/h264\r\n\r\n\0\0\0\x01', 'latin1'),
    '41 bytes that begin with "--frame Content-Type: video/h264"',
  ],
  [Buffer.from([1, 2, 3]), '3 bytes that begin with 01 02 03'],
] as const) {
  test(`bytes that are no picture are described: ${said}`, () => {
    assert.is(describeContent(bytes), said);
  });
}

test('words are told from bytes', () => {
  assert.is(isWords(Buffer.from('<html>')), true);
  assert.is(isWords(Buffer.alloc(0)), true);
  assert.is(isWords(Buffer.from([0x47, 0x40, 0, 0])), false);
});

test.run();
