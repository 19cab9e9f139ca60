import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { iou } from '../../src/frame/box.js';
import { encodeJpeg } from '../../src/media/image.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { makeCertificate } from '../capture/certificates.js';
import { needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { bareEnvironment, type Ended, edgeOptimizer, jsonLines, startEdgeOptimizer } from './command-line.js';
import { edgeOptimizerHere } from './in-process.js';

const folder = temporaryFolder('detect');
const at = (name: string) => join(folder, name);

/** A simulated road as JPEG. */
async function road(url: string, frame: number): Promise<Buffer> {
  const scene = (await Road.open(parseSimulatorUrl(url), new AbortController().signal))!;
  const data = new Uint8Array(scene.width * scene.height * 3);
  scene.render(frame, data);
  return encodeJpeg(data, scene.width, scene.height, 95);
}

const rush = await road('sim://road?seed=2&traffic=rush', 200);
const empty = await road('sim://road?seed=5&traffic=empty', 0);
mkdirSync(at('many/night'), { recursive: true });
writeFileSync(at('many/10.jpg'), rush);
writeFileSync(at('many/2.jpg'), empty);
writeFileSync(at('many/night/1.jpg'), rush);
writeFileSync(at('many/notes.txt'), 'no picture');
writeFileSync(at('broken.jpg'), rush.subarray(0, 5000));

interface Line {
  readonly picture: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly detections: { class: string; score: number; box: [number, number, number, number] }[] | null;
  readonly annotated: string | null;
  readonly error: string | null;
}

const BOUNDS = { EDGE_CAPTURE_REQUEST_TIMEOUT_MS: '500', EDGE_CAPTURE_MAX_IMAGE_BYTES: '400000' };

interface Detected {
  readonly code: number | null;
  readonly lines: Line[];
  readonly stderr: string;
}

/** In this process: a start of the program each takes most of the time. */
const detect = async (...args: string[]): Promise<Detected> =>
  detected(await edgeOptimizerHere(['detect', '--json', ...args], BOUNDS));

/** By a program of its own. */
const detectApart = async (...args: string[]): Promise<Detected> =>
  detected(await edgeOptimizer(['detect', '--json', ...args], BOUNDS));

const detected = ({ code, stdout, stderr }: Ended): Detected => ({
  code,
  lines: jsonLines(stdout) as unknown as Line[],
  stderr,
});

/** What each path answers. */
async function serve(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === '/road.jpg?key=hunter2') response.end(rush);
    else if (request.url === '/endless') for (let i = 0; i < 8; i++) response.write(Buffer.alloc(100_000));
    else if (request.url === '/silent') response.write('');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, asked };
}

test('a folder with all beneath it gives one JSON object a picture, in natural order', async () => {
  const { code, lines, stderr } = await detectApart(at('many'), at('many/2.jpg'));
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  assert.equal(
    lines.map(({ picture }) => picture),
    ['many/2.jpg', 'many/10.jpg', 'many/night/1.jpg', 'many/2.jpg'].map(at),
  );
  assert.equal(lines[0]!.detections, []);
  assert.equal([lines[0]!.width, lines[0]!.height, lines[0]!.annotated, lines[0]!.error], [640, 360, null, null]);
  const vehicles = lines[1]!.detections!;
  assert.ok(vehicles.length >= 3, `${vehicles.length} vehicles`);
  assert.equal(lines[2]!.detections, vehicles);
  assert.equal(lines[3]!.detections, []);
  for (const { score, box } of vehicles) {
    assert.ok(score >= 0.35 && score <= 1);
    assert.ok(box[0] >= 0 && box[0] < box[2] && box[2] <= 640 && box[1] < box[3] && box[3] <= 360, `${box}`);
  }
});

test('the table says what is where, and in the end how much of what', async () => {
  const { code, stdout } = await edgeOptimizerHere(['detect', at('many/2.jpg'), at('many/10.jpg'), '--score', '0.5']);
  assert.is(code, 0);
  const lines = stdout.trimEnd().split('\n');
  assert.match(lines[0]!, /^picture +class +score {2}box \(x1 y1 x2 y2\)$/);
  assert.match(lines[1]!, /2\.jpg {3}–$/);
  assert.match(lines[2]!, /10\.jpg {2}car +0\.\d\d {2}\d+ \d+ \d+ \d+$/);
  assert.match(lines.at(-1)!, /^2 pictures: \d+ car.* \(roadside-n \S+ on cpu\)$/);
});

test('annotated pictures keep their places and names, belong to their owner alone and replace nothing', async () => {
  const out = at('out');
  mkdirSync(out);
  copyFileSync(at('many/2.jpg'), join(out, '2.jpg'));
  const { code, lines, stderr } = await detect('--out', out, at('many'), at('many/10.jpg'));
  assert.is(code, 0, stderr);
  const written = ['2-2.jpg', '10.jpg', 'night/1.jpg', '10-2.jpg'].map((name) => join(out, name));
  assert.equal(
    lines.map(({ annotated }) => annotated),
    written,
  );
  for (const file of written) assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(statSync(join(out, 'night')).mode & 0o777, 0o700);
  assert.equal(readFileSync(join(out, '2.jpg')), empty);
  const { width, height, format } = await sharp(written[1]).metadata();
  assert.equal([width, height, format], [640, 360, 'jpeg']);
  const pixels = (file: string) => sharp(file).raw().toBuffer();
  const [plain, drawn] = [await pixels(at('many/10.jpg')), await pixels(written[1]!)];
  const changed = plain.filter((byte, i) => Math.abs(byte - drawn[i]!) > 60).length;
  assert.ok(changed > 500, `${changed} bytes differ where boxes are drawn`);
});

test('results inside a folder that is looked through again are no pictures of it', async () => {
  const out = at('many/results');
  for (const again of [1, 2]) {
    const { code, lines } = await detect('--out', out, at('many'));
    assert.is(code, 0);
    assert.is(lines.length, 3);
    assert.is(readdirSync(out).filter((name) => name.startsWith('10')).length, again);
  }
});

test('a picture that cannot be read is told and counted, and the rest goes on', async () => {
  const { code, lines } = await detect(at('broken.jpg'), at('nope.jpg'), at('many/notes.txt'), at('many/10.jpg'));
  assert.is(code, 1);
  assert.match(lines[0]!.error!, /it is no whole JPEG, PNG or WebP picture/);
  assert.match(lines[1]!.error!, /^cannot read .*nope\.jpg: ENOENT/);
  assert.match(lines[2]!.error!, /a film is watched with run --source/);
  assert.equal([lines[0]!.detections, lines[0]!.width], [null, null]);
  assert.is(lines[3]!.error, null);
  const table = await edgeOptimizer(['detect', at('broken.jpg'), at('many/2.jpg')]);
  assert.is(table.code, 1);
  assert.match(table.stderr, /^.*broken\.jpg: it is no whole/);
  assert.match(table.stdout, /\n2 pictures, 1 failed: nothing found/);
});

test('pictures over HTTP are bounded in size and time, and their keys are not told', async () => {
  const { server, url } = await serve();
  const { code, lines } = await detect(
    ...['/road.jpg?key=hunter2', '/gone', '/endless', '/silent'].map((path) => url + path),
  );
  server.closeAllConnections();
  server.close();
  assert.is(code, 1);
  assert.is(lines[0]!.picture, `${url}/road.jpg?key=***`);
  assert.ok(lines[0]!.detections!.length >= 3);
  assert.match(lines[1]!.error!, /HTTP 404/);
  assert.match(lines[2]!.error!, /it has more than 400000 bytes/);
  assert.match(lines[3]!.error!, /no answer within 500 ms/);
});

needs('openssl', test)("a camera's own certificate is refused with a flag that takes it", async () => {
  const { key, certificate } = makeCertificate(folder, { name: 'camera' });
  const tls = { key: readFileSync(key), cert: readFileSync(certificate) };
  const server = createTlsServer(tls, (_, response) => response.end(rush));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as { port: number }).port}/snap`;
  const refused = await edgeOptimizer(['detect', url]);
  assert.is(refused.code, 1);
  assert.ok(refused.stderr.startsWith(`cannot read ${url}: the certificate of`), refused.stderr);
  const [, fingerprint] = /fingerprint ([0-9a-f]{64}), set it as tlsFingerprint \(--tls-fingerprint\)/.exec(
    refused.stderr,
  )!;
  assert.is((await detect('--tls-fingerprint', fingerprint!, url)).code, 0);
  assert.is((await detect('--tls-ca-file', certificate, url)).code, 0);
  server.close();
});

test('a picture comes from stdin', () => {
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [main, 'detect', '-', '--json', '--classes', 'bus,car'], {
    input: rush,
    env: bareEnvironment(),
  });
  assert.is(status, 0);
  const [line] = jsonLines(stdout.toString()) as unknown as Line[];
  assert.is(line!.picture, 'stdin');
  assert.ok(line!.detections!.length >= 3);
});

test('a picture that is stored turned is looked at upright, its boxes in upright pixels', async () => {
  // 6: to be turned by a quarter clockwise to be upright, so it is stored turned the other way
  await sharp(rush).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toFile(at('turned.jpg'));
  assert.is((await sharp(at('turned.jpg')).metadata()).orientation, 6);
  const { code, lines } = await detect('--out', at('upright'), at('turned.jpg'), at('many/10.jpg'));
  assert.is(code, 0);
  const [turned, plain] = lines as [Line, Line];
  assert.equal([turned.width, turned.height], [640, 360]);
  const { width, height, orientation } = await sharp(turned.annotated!).metadata();
  assert.equal([width, height, orientation], [640, 360, undefined]);
  for (const { box, score } of plain.detections!.filter((one) => one.score > 0.5)) {
    const best = Math.max(...turned.detections!.map((one) => iou(one.box, 0, box, 0)));
    assert.ok(best > 0.8, `a box of ${score} at ${box} is found again at ${best}`);
  }
});

test('what can never be done ends with exit code 2 before anything is looked at', async () => {
  const file = at('many/10.jpg');
  const ofTheCommandLine: [string[], RegExp][] = [
    [[], /missing required argument 'picture'/],
    [[file, '--score', '2'], /--score <n>.*from 0 to 1/],
  ];
  const ofItsMeaning: [string[], RegExp][] = [
    [['rtsp://127.0.0.1/1'], /expected a picture, a folder, http.*got rtsp:.*run --source/],
    [['-', '-'], /expected - once/],
    [[file, '--model', 'roadside-m'], /did you mean roadside-n/],
    [[file, '--variant', 'fp32-416x265'], /did you mean fp32-416x256/],
    [[file, '--classes', 'car,bsu'], /model\.classes\.1: .*did you mean "bus"/],
    [[file, '--out', at('broken.jpg')], /--out: expected a folder that can be made/],
  ];
  for (const [cases, ask] of [
    [ofTheCommandLine, detectApart],
    [ofItsMeaning, detect],
  ] as const) {
    for (const [args, message] of cases) {
      const { code, stderr, lines } = await ask(...args);
      assert.is(code, 2, stderr);
      assert.match(stderr, message);
      assert.is(lines.length, 0);
    }
  }
});

test('a signal ends it after the pictures under way, and it says how far it came', async () => {
  const { server, url, asked } = await serve();
  const args = ['detect', at('many/2.jpg'), `${url}/silent`, ...Array.from({ length: 50 }, () => at('many/10.jpg'))];
  const { child, ended } = startEdgeOptimizer(args, { EDGE_CAPTURE_REQUEST_TIMEOUT_MS: '60000' });
  await eventually('the silent picture is asked for', () => asked.length > 0, 30_000);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  server.closeAllConnections();
  server.close();
  assert.is(code, 1, stderr);
  assert.match(stdout, /\n\d+ pictures, 1 failed: /);
});

test.run();
