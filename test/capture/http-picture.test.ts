import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fetchPicture } from '../../src/capture/http-picture.js';
import { explain } from '../../src/foundation/errors.js';
import { jpegPicture } from '../media/encoded-pictures.js';
import { endless, once, type RawAnswer, RawServer } from './raw-server.js';

const jpeg = await jpegPicture();
const server = await RawServer.start();
test.after(() => server.stop());

const OK = 'HTTP/1.1 200 OK\r\n';
const MULTIPART = `${OK}Content-Type: multipart/x-mixed-replace; boundary=a\r\n\r\n`;

function fetched(answer: RawAnswer, maxBytes = 50_000): Promise<Buffer | string> {
  server.answer = answer;
  const limits = { timeoutMs: 2000, maxBytes };
  return fetchPicture(`http://${server.host}/x`, limits, new AbortController().signal).then(
    (bytes) => Buffer.from(bytes),
    (error: unknown) => explain(error).replaceAll(server.host, 'CAM'),
  );
}

test('a picture is fetched, of MJPEG its first', async () => {
  const part = Buffer.concat([Buffer.from('--a\r\nContent-Type: image/jpeg\r\n\r\n'), jpeg, Buffer.from('\r\n')]);
  for (const answer of [once(`${OK}Content-Type: image/jpeg\r\n\r\n`, jpeg), endless(MULTIPART, part)]) {
    assert.equal(await fetched(answer), jpeg);
  }
});

test('a picture that is too large is refused, of MJPEG too', async () => {
  const reason = 'cannot read http://CAM/x: it has more than 1000 bytes (capture.maxImageBytes)';
  assert.is(await fetched(once(`${OK}\r\n`, jpeg), 1000), reason);
  assert.is(await fetched(endless(MULTIPART, jpeg), 1000), reason);
});

test('a stream without a picture says what came', async () => {
  const said = await fetched(once(MULTIPART, '--a\r\nContent-Type: text/plain\r\n\r\nasleep\r\n'));
  assert.match(
    String(said),
    /^cannot read http:\/\/CAM\/x: \d+ bytes came without a picture among them, the last part is text\/plain/,
  );
});

test.run();
