import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { unreachedCode } from '../../../../src/diagnose/checks/cameras/reach.js';
import { once, type RawAnswer, RawServer } from '../../../capture/raw-server.js';
import { temporaryFolder } from '../../../temporary.js';
import { codesOf, findingsOf, patientWith, wordsOf } from './patient.js';

const test = suite('connection of a camera');

async function whatIsFound(answer: RawAnswer, url: (host: string) => string) {
  const server = await RawServer.start();
  server.answer = answer;
  try {
    const findings = await findingsOf(patientWith([{ url: url(server.host) }]));
    const words = findings.map(wordsOf).join('\n');
    assert.not.match(words, 'hunter2');
    return { codes: codesOf(findings), words, values: findings[0]?.values ?? {}, requests: server.requests };
  } finally {
    server.stop();
  }
}

const rtsp = (host: string) => `rtsp://${host}/cam`;
const rtspWithLogin = (host: string) => `rtsp://admin:hunter2@${host}/cam`;
const http = (host: string) => `http://${host}/cam.jpg`;

/** An RTSP server that answers DESCRIBE so. */
const describing =
  (answer: string): RawAnswer =>
  (socket, request) =>
    socket.write(request.startsWith('OPTIONS') ? 'RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n' : answer);

const described = (sdp: string, headers = ''): string =>
  `RTSP/1.0 200 OK\r\nCSeq: 2\r\n${headers}Content-Type: application/sdp\r\nContent-Length: ${sdp.length}\r\n\r\n${sdp}`;

test('no camera at all is said with how to add one', async () => {
  const findings = await findingsOf(patientWith([], { configFile: 'site.yaml' }));
  assert.equal(codesOf(findings), ['broken cameras-none']);
  // that no file was named is told elsewhere
  assert.equal(codesOf(await findingsOf(patientWith([]))), []);
  assert.match(wordsOf(findings[0]), 'cameras: [{ id: north');
  assert.equal(codesOf(await findingsOf(patientWith([], { configProblems: ['cameras: expected a list, got 1'] }))), [
    'unknown cameras-unread',
  ]);
});

test('a name that no name server knows is told apart from a host that does not answer', async () => {
  const [finding] = await findingsOf(patientWith([{ url: 'rtsp://admin:hunter2@no-such-camera.invalid/cam' }]));
  assert.is(finding?.code, 'camera-name-unresolved');
  assert.is(finding?.values.host, 'no-such-camera.invalid');
  assert.match(wordsOf(finding), "Write the camera's IP address into its url");
  assert.not.match(wordsOf(finding), 'hunter2');
});

test('a closed port is refused, an unreachable network has no route, silence is silence', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const [finding] = await findingsOf(patientWith([{ url: `rtsp://127.0.0.1:${port}/cam` }]));
  assert.is(finding?.code, 'camera-refused');
  assert.match(wordsOf(finding), `nothing listens at port ${port}`);
  assert.equal(['ECONNREFUSED', 'ENETUNREACH', 'EHOSTUNREACH', 'ETIMEDOUT', 'timeout'].map(unreachedCode), [
    'camera-refused',
    'camera-no-route',
    'camera-no-route',
    'camera-silent-host',
    'camera-silent-host',
  ]);
});

test('what an RTSP server refuses is named by its status', async () => {
  const wants = 'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Digest realm="cam", nonce="abc"\r\n\r\n';
  const missing = await whatIsFound(describing(wants), rtsp);
  assert.equal(missing.codes, ['broken camera-login-missing']);
  assert.is(missing.values.schemes, 'digest');
  const wrong = await whatIsFound(describing(wants), rtspWithLogin);
  assert.equal(wrong.codes, ['broken camera-login-wrong']);
  assert.match(wrong.requests.at(-1) ?? '', /^Authorization: Digest username="admin", realm="cam"/m);
  assert.is(wrong.requests.length, 3);
  const path = await whatIsFound(describing('RTSP/1.0 404 Not Found\r\nCSeq: 2\r\n\r\n'), rtsp);
  assert.equal(path.codes, ['broken camera-path-unknown']);
  const full = await whatIsFound(describing('RTSP/1.0 453 Not Enough Bandwidth\r\nCSeq: 2\r\n\r\n'), rtsp);
  assert.equal(full.codes, ['broken camera-overloaded']);
});

test('a password is not told to an RTSP server that does not ask for it, and as Basic where it asks so', async () => {
  const wants = 'RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic realm="cam"\r\n\r\n';
  const { codes, requests } = await whatIsFound(describing(wants), rtspWithLogin);
  assert.equal(codes, ['broken camera-login-wrong']);
  assert.equal(
    requests.map((request) => [request.split(' ')[0], /Authorization: (\S+)/.exec(request)?.[1]]),
    [
      ['OPTIONS', undefined],
      ['DESCRIBE', undefined],
      ['DESCRIBE', 'Basic'],
    ],
  );
});

test('a stream without a picture, or of a codec that nothing decodes, is told by its description', async () => {
  const sound = await whatIsFound(describing(described('v=0\r\nm=audio 0 RTP/AVP 0\r\n')), rtsp);
  assert.equal(sound.codes, ['broken camera-no-video']);
  assert.is(sound.values.kinds, 'audio');
  const odd = await whatIsFound(
    describing(described('v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 X-SVAC/90000\r\n')),
    rtsp,
  );
  assert.equal(odd.codes, ['broken camera-codec']);
  assert.is(odd.values.codec, 'X-SVAC');
});

test('what speaks HTTP or hangs up at an RTSP address is said', async () => {
  const web = await whatIsFound(once('HTTP/1.1 400 Bad Request\r\n\r\n'), rtsp);
  assert.equal(web.codes, ['broken camera-no-rtsp']);
  const gone = await whatIsFound((socket) => socket.destroy(), rtsp);
  assert.equal(gone.codes, ['broken camera-hangs-up']);
});

test('what an HTTP camera refuses, or sends in place of a picture, is named', async () => {
  const refuse = (status: string) => whatIsFound(once(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`), http);
  assert.equal((await refuse('404 Not Found')).codes, ['broken camera-path-unknown']);
  assert.equal((await refuse('403 Forbidden')).codes, ['broken camera-forbidden']);
  assert.equal((await refuse('500 Internal Server Error')).codes, ['broken camera-status']);
  const wants = once('HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n');
  assert.equal((await whatIsFound(wants, http)).codes, ['broken camera-login-missing']);
  const wrong = await whatIsFound(wants, (host) => `http://admin:hunter2@${host}/cam.jpg`);
  assert.equal(wrong.codes, ['broken camera-login-wrong']);
  assert.is(wrong.values.schemes, 'basic');
  const page = '<html><title>Camera login</title></html>';
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n`;
  const content = await whatIsFound(once(head, page), http);
  assert.equal(content.codes, ['broken camera-content']);
  assert.match(content.words, 'a web page ("Camera login")');
});

test('where there is no ffmpeg that is told once, with the cameras that wait for it and what installs it', async () => {
  const cameras = [{ url: 'rtsp://127.0.0.1/one' }, { url: '/dev/video0' }, { url: 'sim://road' }];
  const env = { ...process.env, EDGE_FFMPEG: '/no/such/ffmpeg' };
  const findings = (await findingsOf(patientWith(cameras, { env }))).filter(({ condition }) => condition === 'broken');
  assert.equal(codesOf(findings), ['broken cameras-without-ffmpeg']);
  assert.is(findings[0]?.values['cameras'], 'cam1, cam2');
  assert.match(wordsOf(findings[0]), 'Install it: apt-get update && apt-get install --yes ffmpeg');
});

test('a file, a folder and a device that are not there are said with what is', async () => {
  const folder = temporaryFolder('diagnose-cameras');
  writeFileSync(join(folder, 'north.mp4'), '');
  mkdirSync(join(folder, 'dev'));
  writeFileSync(join(folder, 'dev/video2'), '');
  const cameras = [
    { url: join(folder, 'nort.mp4') },
    { url: `images:${folder}/none` },
    { url: '/dev/video0' },
    { url: '/dev/video2' },
  ];
  mkdirSync(join(folder, 'proc/77777/fd'), { recursive: true });
  writeFileSync(join(folder, 'proc/77777/comm'), 'motion\n');
  symlinkSync(join(folder, 'dev/video2'), join(folder, 'proc/77777/fd/5'));
  const findings = await findingsOf(patientWith(cameras, { root: folder }));
  assert.equal(codesOf(findings), [
    'broken camera-address',
    'broken camera-address',
    'broken camera-device-missing',
    'broken camera-device-busy',
  ]);
  assert.match(wordsOf(findings[0]), 'did you mean');
  assert.match(wordsOf(findings[2]), 'there are: /dev/video2');
  assert.match(wordsOf(findings[3]), 'End motion: kill 77777');
});

test('of cameras that the running program holds its own word is taken, and nothing is opened', async () => {
  const metrics = [
    'edge_connection_quality{camera="cam1",value="good"} 1',
    'edge_connection_quality{camera="cam1",value="poor"} 0',
    'edge_fps_captured{camera="cam1"} 24.96',
    'edge_camera_plausibility{camera="cam1",value="plausible"} 1',
    'edge_connection_quality{camera="cam2",value="unusable"} 1',
    'edge_camera_plausibility{camera="cam2",value="frozen"} 1',
  ].join('\n');
  const running = { pid: 1, since: null, ask: async () => null, askText: async () => metrics };
  const server = await RawServer.start();
  const cameras = ['cam1', 'cam2', 'cam3'].map((id) => ({ id, url: http(server.host) }));
  const findings = await findingsOf(patientWith(cameras, { running }));
  server.stop();
  assert.equal(codesOf(findings), ['fine camera-runs', 'degraded camera-implausible', 'unknown camera-held']);
  assert.is(findings[0]?.values.fps, 25);
  assert.equal(server.requests, []);
});

test('of a camera that the running program has lost the cause is looked for, and a pause is none', async () => {
  const status = {
    cameras: [
      { id: 'cam1', state: 'reconnecting', connectionQuality: 'unusable', lastError: 'no frame', capturedFps: null },
      { id: 'cam2', state: 'paused', connectionQuality: 'good', lastError: null, capturedFps: null },
    ],
  };
  const running = { pid: 1, since: null, ask: async () => status, askText: async () => null };
  const server = await RawServer.start();
  server.answer = once('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
  const cameras = [{ url: http(server.host) }, { url: http(server.host) }];
  assert.equal(codesOf(await findingsOf(patientWith(cameras, { running }))), [
    'broken camera-path-unknown',
    'degraded camera-paused',
  ]);
  server.stop();
});

test.run();
