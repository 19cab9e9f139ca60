import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { has, needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { makeCertificate } from './certificates.js';
import { openCamera } from './sources.js';

const folder = temporaryFolder('camera-tls');
const needsBoth = has('openssl') ? needs('ffmpeg', test) : needs('openssl', test);

/** What a camera of rtsps is told, and what its source says of it, before `until` holds. */
async function watched(
  settings: Record<string, unknown>,
  until: (heard: string, lastError: string | null) => boolean,
): Promise<{ heard: string; lastError: string | null }> {
  const { key, certificate } = made;
  let heard = '';
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      heard += bytes;
      socket.end('RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const source = openCamera({ url: `rtsps://admin:hunter2@127.0.0.1:${port}/1`, ...settings });
  try {
    await source.start();
    await eventually('a word of the camera', () => until(heard, source.health().lastError));
    return { heard, lastError: source.health().lastError };
  } finally {
    await source.stop();
    server.close();
  }
}

const made = has('openssl') ? makeCertificate(folder, { name: 'camera' }) : { key: '', certificate: '' };

needsBoth('ffmpeg, which takes any certificate over rtsps, is not started where it is not to be trusted', async () => {
  const { heard, lastError } = await watched({}, (_heard, error) => error !== null);
  assert.match(
    lastError!,
    'is signed by itself (DEPTH_ZERO_SELF_SIGNED_CERT): if the camera itself shows the fingerprint',
  );
  assert.is(heard, '', 'no password was sent');
});

needsBoth('it is started once the certificate is the pinned one', async () => {
  const tlsFingerprint = new X509Certificate(readFileSync(made.certificate)).fingerprint256;
  const { heard } = await watched({ tlsFingerprint }, (words) => words !== '');
  assert.match(heard, /^OPTIONS rtsp/);
});

test.run();
