import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HttpRequest } from '../../src/capture/http-request.js';
import { httpTarget, mayLogIn } from '../../src/capture/http-target.js';
import { explain } from '../../src/foundation/errors.js';
import { jpegPicture } from '../media/encoded-pictures.js';
import { type RawAnswer, RawServer } from './raw-server.js';

const jpeg = await jpegPicture();
const server = await RawServer.start();
const elsewhere = await RawServer.start();
test.after(() => {
  server.stop();
  elsewhere.stop();
});
test.before.each(() => {
  server.requests.length = 0;
  elsewhere.requests.length = 0;
});

const head = (...lines: string[]) => `${lines.join('\r\n')}\r\n\r\n`;
const ends =
  (...pieces: (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
    socket.end();
  };
/** Leaves the connection open behind what it sends. */
const stays =
  (...pieces: (string | Uint8Array)[]): RawAnswer =>
  (socket) => {
    for (const piece of pieces) socket.write(piece);
  };

async function fetched(answer: RawAnswer, user = '', timeoutMs = 2000): Promise<Uint8Array | null> {
  server.answer = answer;
  const target = httpTarget(`http://${user}${server.host}/shot`);
  const request = await HttpRequest.open(target, timeoutMs, new AbortController().signal);
  try {
    return await request.bytes(50_000);
  } finally {
    request.close();
  }
}

const refusal = (answer: RawAnswer, user = '', timeoutMs = 2000) =>
  fetched(answer, user, timeoutMs).then(
    () => 'no refusal',
    (error: unknown) => explain(error).replaceAll(server.host, 'CAM').replaceAll(elsewhere.host, 'OTHER'),
  );

const ok = (...lines: string[]) => head('HTTP/1.1 200 OK', 'Content-Type: image/jpeg', ...lines);

for (const [what, answer] of [
  ['its right length', ends(ok(`Content-Length: ${jpeg.length}`), jpeg)],
  ['its right length, and the connection stays open', stays(ok(`Content-Length: ${jpeg.length}`), jpeg)],
  ['a length that is too large', ends(ok(`Content-Length: ${jpeg.length + 48}`), jpeg)],
  ['a length that is too large, and the connection stays open', stays(ok(`Content-Length: ${jpeg.length + 48}`), jpeg)],
  ['a length that is too small', ends(ok('Content-Length: 500'), jpeg)],
  ['a length that is too small, and the connection stays open', stays(ok('Content-Length: 500'), jpeg)],
  ['no length, and the connection stays open', stays(ok(), jpeg)],
  ['a compression that nobody asked for', ends(ok('Content-Encoding: gzip'), gzipSync(jpeg))],
  ['a compression without its checksum', ends(ok('Content-Encoding: gzip'), gzipSync(jpeg).subarray(0, -8))],
  ['a compression that is none', ends(ok('Content-Encoding: gzip'), jpeg)],
] as const) {
  test(`a picture is whole with ${what}`, async () => {
    assert.ok(Buffer.from((await fetched(answer))!).equals(jpeg));
  });
}

test('a picture without its end marker is taken at its length, though the connection stays open', async () => {
  const endless = jpeg.subarray(0, -2);
  const bytes = await fetched(stays(ok(`Content-Length: ${endless.length}`), endless));
  assert.is(bytes!.length, endless.length);
});

test('a picture that is too large is none', async () => {
  assert.is(await fetched(stays(ok(), Buffer.alloc(60_000, 1))), null);
});

for (const [what, answer, reason] of [
  [
    'a word',
    ends('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    /: HTTP 404 Not Found: the camera knows no such path/,
  ],
  ['a number without a word', ends('HTTP/1.1 503\r\n\r\n'), /: HTTP 503 Service Unavailable$/],
  [
    'its reason',
    ends(head('HTTP/1.1 503 Busy'), '<html><title>Too many viewers</title>'),
    /: HTTP 503 Busy with a web page \("Too many viewers"\)$/,
  ],
  [
    'a question',
    ends(head('HTTP/1.1 401 No', 'WWW-Authenticate: Digest nonce="1"')),
    /: HTTP 401 No: the camera wants digest authentication, and its address has no user and password$/,
  ],
  [
    'a ban',
    ends(head('HTTP/1.1 403 Forbidden')),
    /: HTTP 403 Forbidden: it may want a user and a password in the address$/,
  ],
  [
    'another protocol',
    ends(head('RTSP/1.0 400 Bad Request')),
    /: it answers RTSP 400: write rtsp:\/\/ for its address$/,
  ],
  ['a farewell', ends(), /: it closed the connection without a word$/],
  ['half a head', ends('HTTP/1.1 200 OK\r\nCont'), /: it closed the connection within its headers, after 21 bytes$/],
  [
    'a circle',
    ends(head('HTTP/1.1 302 Found', 'Location: /login')),
    /: it redirects again and again, more than 5 times, at last to http:\/\/CAM\/login$/,
  ],
  [
    'another way',
    ends(head('HTTP/1.1 302 Found', 'Location: rtsp://u:secret9@10.0.0.1/x')),
    /: it redirects to rtsp:\/\/\*\*\*@10.0.0.1\/x: use that address$/,
  ],
  ['a redirection to nowhere', ends(head('HTTP/1.1 302 Found')), /: HTTP 302 Found$/],
] as const) {
  test(`a refusal with ${what} says so`, async () => {
    const said = await refusal(answer);
    assert.match(said, /^cannot read http:\/\/CAM\/shot: /);
    assert.match(said, reason);
  });
}

for (const [what, answer, stage] of [
  ['nothing at all', stays(), 'connected to CAM, nothing received'],
  ['half a head', stays('HTTP/1.1 200 OK\r\nCont'), '21 bytes of headers received, which do not end'],
  ['a head', stays(ok()), 'headers received, but nothing behind them'],
  ['half a picture', stays(ok(), jpeg.subarray(0, 700)), '700 bytes received, which are no complete answer'],
] as const) {
  test(`a camera that sends ${what} and no more is told apart`, async () => {
    const said = await refusal(answer, '', 150);
    assert.is(said.replace(/^cannot read .*?: /, ''), `no answer within 150 ms: ${stage}`);
  });
}

test('a camera that takes https:// and speaks no TLS is told apart from one that cannot be reached', async () => {
  server.answer = () => {};
  const target = httpTarget(`https://${server.host}/shot`);
  const error = await HttpRequest.open(target, 200, new AbortController().signal).catch(explain);
  assert.match(error as string, `no answer within 200 ms: no TLS connection to ${server.host} yet: is it http://?`);
});

test('a camera that nobody is at is told apart from one that says nothing', async () => {
  const target = httpTarget('http://127.0.0.1:1/shot');
  const error = await HttpRequest.open(target, 500, new AbortController().signal).catch(explain);
  assert.is(error, 'cannot read http://127.0.0.1:1/shot: connect ECONNREFUSED 127.0.0.1:1');
});

test('a redirection is followed, with the login to the same place', async () => {
  const answer: RawAnswer = (socket, request) =>
    (request.startsWith('GET /shot ') ? ends(head('HTTP/1.1 302 Found', 'Location: /real?x=1#y')) : ends(ok(), jpeg))(
      socket,
      request,
    );
  assert.is((await fetched(answer, 'admin:geheim9@'))!.length, jpeg.length);
  assert.match(server.requests[1]!, /^GET \/real\?x=1 HTTP/);
  assert.match(server.requests[1]!, `Authorization: Basic ${Buffer.from('admin:geheim9').toString('base64')}`);
});

test('a redirection to another place is followed without the login, and with none that it names', async () => {
  elsewhere.answer = ends(head('HTTP/1.1 401 No', 'WWW-Authenticate: Digest nonce="1"'));
  const said = await refusal(
    ends(head('HTTP/1.1 307 There', `Location: http://admin:geheim9@${elsewhere.host}/x`)),
    'admin:geheim9@',
  );
  assert.is(elsewhere.requests.length, 1);
  assert.not.match(elsewhere.requests[0]!, /authorization/i);
  assert.match(said, /HTTP 401 No: no password is told to http:\/\/OTHER\/x, to which it redirects: use that address$/);
  assert.not.match(said, /geheim9/);
});

test('a login is told to the same host and port alone, or to the same host over TLS', () => {
  const may = (from: string, to: string) => mayLogIn(new URL(from), new URL(to));
  assert.is(may('http://cam/a', 'http://cam/b'), true);
  assert.is(may('http://cam/a', 'https://cam/a'), true);
  assert.is(may('https://cam/a', 'http://cam/a'), false);
  assert.is(may('http://cam/a', 'http://cam:8080/a'), false);
  assert.is(may('http://cam/a', 'https://cam:8443/a'), false);
  assert.is(may('http://cam/a', 'http://cam.example/a'), false);
});

test('digest authentication is asked for once, then answered at once', async () => {
  const answer: RawAnswer = (socket, request) =>
    (/Authorization: Digest/.test(request)
      ? ends(ok(), jpeg)
      : ends(head('HTTP/1.1 401 No', 'WWW-Authenticate: Digest realm="c", nonce="n1", qop="auth"')))(socket, request);
  server.answer = answer;
  const target = httpTarget(`http://admin:geheim9@${server.host}/shot?a=1`);
  for (let shot = 0; shot < 2; shot++) {
    const request = await HttpRequest.open(target, 2000, new AbortController().signal);
    assert.is((await request.bytes(50_000))!.length, jpeg.length);
    request.close();
  }
  const schemes = server.requests.map((request) => /Authorization: (\w+)(?:.*nc=(\d+))?/.exec(request)?.slice(1));
  assert.equal(schemes, [
    ['Basic', undefined],
    ['Digest', '00000001'],
    ['Digest', '00000002'],
  ]);
  assert.match(server.requests[1]!, 'uri="/shot?a=1"');
});

test('a login that is wrong is tried twice, not for ever', async () => {
  let nonces = 0;
  const said = await refusal(
    (socket) => ends(head('HTTP/1.1 401 No', `WWW-Authenticate: Digest nonce="${++nonces}"`))(socket, ''),
    'admin:geheim9@',
  );
  assert.match(said, /HTTP 401 No: user or password are wrong, or the camera has locked them out$/);
  assert.is(server.requests.length, 2);
});

test('a way to log in that is not known is named', async () => {
  const said = await refusal(ends(head('HTTP/1.1 401 No', 'WWW-Authenticate: NTLM')), 'admin:geheim9@');
  assert.match(said, /HTTP 401 No: the camera wants ntlm authentication: allow digest or basic authentication there$/);
});

test.run();
