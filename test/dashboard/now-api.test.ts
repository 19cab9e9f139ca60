import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CamerasReply, type LiveAnswer, type NowPort, nowRoutes } from '../../src/dashboard/api/now.js';
import { EventStreams } from '../../src/http/event-stream.js';
import { HttpServer } from '../../src/http/server.js';
import { decodeImage } from '../../src/media/image.js';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { bridgeDevice } from './bridge-device.js';

const endings = endingsOf(test);
const device = await bridgeDevice(temporaryFolder('now-api'));
endings.push(() => device.stop());
const onDevice = needs('ffmpeg', test);

const cameras = async (): Promise<CamerasReply> =>
  (await (await fetch(`${device.url}api/v1/cameras`)).json()) as CamerasReply;

onDevice('each camera tells what it does, and one without pictures why and what the program says of it', async () => {
  const { cameras: all, detector, isDetecting } = await cameras();
  const [north, south] = all;
  assert.equal([all.length, isDetecting, detector!.model], [2, true, 'roadside-n']);
  assert.equal(
    [north!.id, north!.state, north!.lines[0]!.id, north!.zones[0]!.id],
    ['north', 'streaming', 'gate', 'bay'],
  );
  assert.ok(north!.latencyMs.p95! >= north!.latencyMs.p50!);
  assert.ok(north!.answered['inferred']! > 0);
  const [reason] = south!.reasons;
  assert.equal([reason!.code, reason!.severity], ['connection', 'bad']);
  assert.match(reason!.detail!, /refused/);
  assert.is(south!.capturedFps, null);
});

onDevice('a picture comes with the answer to it, within its bounds', async () => {
  const ask = () => fetch(`${device.url}api/v1/cameras/north/picture`);
  let reply = await ask();
  // on a busy machine the encoder alone takes seconds to load
  for (let time = 0; reply.status === 503 && time < 10; time++) reply = await ask();
  assert.equal([reply.status, reply.headers.get('content-type')], [200, 'image/jpeg']);
  const jpeg = new Uint8Array(await reply.arrayBuffer());
  assert.ok(jpeg.byteLength <= 60_000);
  const { width } = await decodeImage(jpeg, 4000);
  assert.ok(width <= 640);
  const answer = JSON.parse(decodeURIComponent(reply.headers.get('x-answer')!)) as LiveAnswer;
  assert.equal([answer.camera, answer.width > 0], ['north', true]);
  for (const [x1, y1, x2, y2, score, label] of answer.boxes) {
    assert.ok(x2 > x1 && y2 > y1 && score > 0 && score <= 1 && label !== '');
  }
});

onDevice('why no picture comes is said in words', async () => {
  const away = await fetch(`${device.url}api/v1/cameras/south/picture`);
  assert.is(away.status, 409);
  assert.match(((await away.json()) as { error: string }).error, /south is reconnecting/);
  assert.is((await fetch(`${device.url}api/v1/cameras/west/picture`)).status, 404);
  const { orders } = device.runtime().parts;
  const [pause, resume] = ['pause', 'resume'].map((name) => orders.commands.find((one) => one.name === name)!);
  const call = { by: 'key', toSite: false, signed: null };
  await pause!.handle({ camera: 'north' } as never, call);
  const paused = await fetch(`${device.url}api/v1/cameras/north/picture`);
  assert.is(paused.status, 409);
  assert.match(((await paused.json()) as { error: string }).error, /paused/);
  assert.is((await cameras()).cameras[0]!.reasons[0]!.code, 'paused');
  await resume!.handle({ camera: 'north' } as never, call);
});

onDevice('the stream tells the latest answers, several cameras in one event', async () => {
  const gone = new AbortController();
  const reply = await fetch(`${device.url}api/v1/cameras/live`, { signal: gone.signal });
  const reader = reply.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!/^data: .*\n\n/m.test(text)) text += (await reader.read()).value;
  gone.abort();
  const answers = JSON.parse(/^data: (.*)$/m.exec(text)![1]!) as LiveAnswer[];
  assert.equal(
    answers.map(({ camera }) => camera),
    ['north'],
  );
  assert.match(text, /event: answers/);
});

test('a tenant is shown its own cameras and told of no others', async () => {
  const asked: string[] = [];
  const streams = new EventStreams<string>();
  const port: NowPort = {
    cameras: (viewer) =>
      ({ at: 0, uptimeS: 0, isDetecting: true, detector: null, cameras: [], seen: viewer.tenant }) as never,
    obstacleToPicture: () => null,
    hasCamera: () => true,
    picture: (camera) => {
      asked.push(camera);
      return Promise.resolve(null);
    },
    stream: (viewer, signal) => streams.open(viewer.tenant ?? '', signal),
  };
  const tenants = [{ id: 'city', token: 'the-token-of-the-city', cameras: ['mine'] }];
  const config = { enabled: true, host: '127.0.0.1', port: 0, token: 'the-token-of-the-operator' };
  const http = new HttpServer({ config, tenants, routes: nowRoutes(port) });
  const url = `http://127.0.0.1:${(await http.start()).port}/api/v1/cameras`;
  const headers = { authorization: 'Bearer the-token-of-the-city' };
  try {
    assert.is((await fetch(`${url}/others/picture`, { headers })).status, 404);
    assert.is((await fetch(`${url}/mine/picture`, { headers })).status, 503);
    assert.equal(asked, ['mine']);
    assert.is((await fetch(`${url}/mine/picture`)).status, 401);
    const gone = new AbortController();
    const live = await fetch(`${url}/live`, { headers, signal: gone.signal });
    assert.is(live.status, 200);
    assert.equal([...streams.topics], ['city']);
    gone.abort();
  } finally {
    streams.close();
    await http.stop();
  }
});

test.run();
