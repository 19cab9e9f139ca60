import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createServer } from 'node:tls';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { has, needs, where } from '../optional.js';
import { endWithTests, eventually, temporaryFolder } from '../temporary.js';
import { makeCertificate } from './certificates.js';
import { openCamera } from './sources.js';

// the system's Python: GStreamer's bindings are not installed for any other
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(PROJECT_ROOT, 'test/capture/rtsp-server.py');
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

const isServed =
  has('openssl') && has('ffmpeg') && spawnSync(PYTHON, [SCRIPT, 'check'], { timeout: 20_000 }).status === 0;

where(
  isServed,
  'RTSP server',
  test,
)('frames of an rtsps camera come once its certificate is pinned', async () => {
  const server = endWithTests(
    spawn(PYTHON, [SCRIPT, '0', made.certificate, made.key], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  const tlsFingerprint = new X509Certificate(readFileSync(made.certificate)).fingerprint256;
  const source = openCamera({ url: `rtsps://127.0.0.1:${line.replace('ready ', '')}/cam`, tlsFingerprint });
  try {
    await source.start();
    await eventually('three frames', () => source.health().counters.captured >= 3, 20_000);
  } finally {
    await source.stop();
    server.kill('SIGKILL');
  }
});

/** What a snapshot camera over https is asked for, and its source, before `until` holds. */
async function snapshots(
  settings: Record<string, unknown>,
  until: (asked: readonly string[], lastError: string | null) => boolean,
): Promise<{ asked: readonly string[]; lastError: string | null }> {
  const asked: string[] = [];
  const options = { key: readFileSync(made.key), cert: readFileSync(made.certificate) };
  const server = createHttpsServer(options, (request, response) => {
    asked.push(`${request.url} ${request.headers.authorization}`);
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const source = openCamera({ url: `https://admin:hunter2@127.0.0.1:${port}/snap.jpg`, ...settings });
  try {
    await source.start();
    await eventually('a word of the camera', () => until(asked, source.health().lastError));
    return { asked, lastError: source.health().lastError };
  } finally {
    await source.stop();
    server.close();
    server.closeAllConnections();
  }
}

const asks = (asked: readonly string[]): boolean => asked.length > 0;

needs('openssl', test)(
  'a snapshot camera with a certificate of its own is refused before it is told the password',
  async () => {
    const { asked, lastError } = await snapshots({}, (_asked, error) => error !== null);
    assert.match(
      lastError!,
      /^cannot read https:\/\/\*\*\*@127\.0\.0\.1:\d+\/snap\.jpg: the certificate of 127\.0\.0\.1:\d+ is signed by itself/,
    );
    assert.match(lastError!, 'set tlsCaFile: camera.pem');
    assert.equal(asked, []);
  },
);

needs('openssl', test)(
  'it is read once its certificate is pinned, named as a file, or not to be looked at',
  async () => {
    const tlsFingerprint = new X509Certificate(readFileSync(made.certificate)).fingerprint256;
    for (const settings of [{ tlsFingerprint }, { tlsCaFile: made.certificate }, { tlsVerify: false }]) {
      const { asked } = await snapshots(settings, asks);
      assert.match(asked[0]!, /^\/snap\.jpg /);
    }
  },
);

test.run();
