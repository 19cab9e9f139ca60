import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PushSource } from '../../src/capture/push-source.js';
import { silentLog } from '../../src/foundation/log.js';
import { STRIDE } from '../../src/frame/detections.js';
import type { FrameResult } from '../../src/frame/frame-result.js';
import { ConfigError, createEngine, DetectorError, type RuntimeEvent } from '../../src/index.js';
import { encodeJpeg } from '../../src/media/image.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { needsModel } from '../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../temporary.js';

const withModel = needsModel(test);
const folder = temporaryFolder('engine');
const home = (name: string) => join(folder, name);
const road = new Road(parseSimulatorUrl('sim://road?seed=3&fps=10&traffic=rush'));

/** A frame of a busy simulated road. */
function picture(index = 40) {
  const { width, height } = road;
  const data = new Uint8Array(width * height * 3);
  road.render(index, data);
  return { width, height, data };
}

withModel('with no camera at all it detects in pictures, encoded or not, and stops with nothing left', async () => {
  const engine = createEngine({ home: home('no-camera'), log: silentLog });
  await engine.start();
  const { width, height, data } = picture();
  const pixels = await engine.detect({ width, height, data });
  assert.ok(pixels.boxes.length >= 5, `${pixels.boxes.length} boxes`);
  assert.ok(engine.classes.includes(pixels.boxes[0]!.class));
  const jpeg = await engine.detect(await encodeJpeg(data, width, height, 95));
  assert.equal([jpeg.width, jpeg.height], [width, height]);
  assert.ok(Math.abs(jpeg.boxes.length - pixels.boxes.length) <= 2);
  const other = await engine.changeModel({ variant: 'fp32-640x384' });
  assert.is(other.generation, 2);
  assert.ok((await engine.detect({ width, height, data })).boxes.length >= 5, 'by the model that answers now');
  await engine.stop();
  const late = await engine.detect({ width, height, data }).catch((error: Error) => error);
  assert.instance(late, DetectorError);
});

withModel('pictures that wait while the model is changed are answered all the same', async () => {
  const engine = createEngine({ home: home('detect-and-change'), log: silentLog });
  await engine.start();
  const still = picture();
  let changed = false;
  const waiting = [0, 1, 2, 3, 4, 5].map(async () => {
    let answered = 0;
    for (; !changed; answered++) assert.ok((await engine.detect(still)).boxes.length > 0);
    return answered;
  });
  for (const variant of ['fp32-320x192', 'fp32-416x256']) await engine.changeModel({ variant });
  changed = true;
  for (const answered of await Promise.all(waiting)) assert.ok(answered > 0);
  await engine.stop();
});

withModel('frames that the program hands in are answered in order, with tracks and events', async () => {
  const results: FrameResult[] = [];
  const events: RuntimeEvent[] = [];
  const lines = [{ id: 'gate', from: [0.5, 0], to: [0.5, 1] }];
  const config = { cameras: [{ id: 'gate', url: 'push:', lines }] };
  const engine = createEngine({ config, home: home('push'), log: silentLog });
  engine.on('result', (result) => results.push(result)).on('event', (event) => events.push(event));
  await engine.start();
  for (const camera of ['gate', 'another']) {
    for (let i = 0; i < 12; i++) {
      engine.push(camera, { ...picture(40 + i), capturedAt: 1e12 + i * 100 });
      await eventually('an answer', () => results.filter((result) => result.camera === camera).length === i + 1);
    }
  }
  const ofGate = results.filter(({ camera }) => camera === 'gate');
  assert.equal(
    ofGate.map(({ seq }) => seq),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
  assert.is(ofGate[0]!.origin, 'inferred');
  assert.ok(ofGate.some(({ origin }) => origin !== 'inferred'));
  assert.ok(ofGate[0]!.detections.data[STRIDE - 1]! < engine.classes.length);
  assert.ok(events.some(({ camera, kind }) => camera === 'gate' && kind === 'appeared'));
  assert.is(engine.metrics()['frames_captured.gate'], 12);
  assert.equal(
    engine.status().cameras.map(({ id, captured }) => [id, captured]),
    [
      ['gate', 12],
      ['another', 12],
    ],
  );
  assert.throws(() => engine.push('gate', { width: 4, height: 4, data: new Uint8Array(3) }), /expected 48 bytes/);
  await engine.stop();
  assert.throws(() => engine.push('third', picture()), /E_SOURCE|once the engine was started/);
});

for (const [name, accuracyFloor] of [
  ['most frames are answered without inference', 0.97],
  ['every frame is inferred', 1],
] as const) {
  withModel(`where ${name}, a listener that throws stops no camera and no other listener`, async () => {
    const engine = createEngine({
      home: home(`throws-${accuracyFloor}`),
      log: silentLog,
      config: { answer: { accuracyFloor } },
    });
    const thrown: string[] = [];
    const note = (error: Error) => void thrown.push(error.message);
    process.on('uncaughtException', note);
    let heard = 0;
    engine.on('result', ({ seq }) => {
      throw new Error(`at ${seq}`);
    });
    engine.on('result', () => void heard++);
    await engine.start();
    for (let i = 0; i < 4; i++) {
      engine.push('gate', { ...picture(40 + i), capturedAt: 1e12 + i * 100 });
      await eventually('an answer', () => heard === i + 1);
    }
    assert.is(engine.status().cameras[0]!.lastError, null);
    await engine.stop();
    process.off('uncaughtException', note);
    assert.equal(thrown, ['at 0', 'at 1', 'at 2', 'at 3']);
  });
}

withModel('it tells when every configured camera came to its end, and goes on for pictures', async () => {
  const pictures = temporaryFolder('engine-film');
  const { width, height, data } = picture();
  for (const name of ['1.jpg', '2.jpg']) writeFileSync(join(pictures, name), await encodeJpeg(data, width, height, 90));
  const config = { cameras: [{ id: 'film', url: `images:${pictures}`, pace: 'fast' }] };
  const engine = createEngine({ config, home: home('finished'), log: silentLog });
  const finished: unknown[] = [];
  engine.on('finished', (failure) => finished.push(failure));
  await engine.start();
  await eventually('the end', () => finished.length === 1);
  assert.equal(finished, [undefined]);
  assert.ok((await engine.detect({ width, height, data })).boxes.length >= 5);
  await engine.stop();
  assert.is(finished.length, 1);
});

withModel('two engines fit in one process, each with a home of its own', async () => {
  const homes = [home('first'), home('second')];
  const engines = homes.map((one) => createEngine({ home: one, log: silentLog }));
  await Promise.all(engines.map((engine) => engine.start()));
  engines[0]!.cache.set('a', 1);
  assert.is(engines[1]!.cache.get('a'), undefined);
  assert.ok(homes.every((one) => existsSync(join(one, 'data'))));
  const third = createEngine({ home: homes[0]!, log: silentLog });
  assert.instance(await third.start().catch((error: Error) => error), ConfigError);
  await Promise.all([...engines, third].map((engine) => engine.stop()));
});

test('a configuration that cannot be used is refused with every problem at once, and nothing has run', () => {
  const config = { model: { nmae: 'x' }, cameras: [{ id: 'a b', url: 'push:' }] };
  const make = () => createEngine({ config, home: home('broken') });
  assert.throws(make, (error: Error) => {
    assert.instance(error, ConfigError);
    assert.match(error.message, /model\.nmae/);
    assert.match(error.message, /cameras\.0\.id/);
    return true;
  });
});

test('a source of a camera that is not configured is refused', () => {
  const sources = { gat: new PushSource('gat', 1) };
  const make = () =>
    createEngine({ config: { cameras: [{ id: 'gate', url: 'push:' }] }, sources, home: home('stray') });
  assert.throws(make, (error: Error) => {
    assert.instance(error, ConfigError);
    assert.match(error.message, /sources\.gat: expected the id of a camera in config\.cameras, got "gat"/);
    return true;
  });
});

test('before its start it detects nothing and takes no frame', async () => {
  const engine = createEngine({ home: home('unstarted'), log: silentLog });
  assert.match(String(await engine.detect(picture()).catch((error: Error) => error)), /engine\.start\(\)/);
  assert.throws(() => engine.push('gate', picture()), /once the engine was started/);
  await engine.stop();
});

withModel('what is handed in wrongly is refused in words, and leaves no camera behind', async () => {
  const engine = createEngine({ home: home('wrong'), log: silentLog });
  await engine.start();
  const dot = { width: 1, height: 1, data: new Uint8Array(3) };
  for (const capturedAt of [Number.NaN, -1, 1e20, '2020' as unknown as number]) {
    assert.throws(() => engine.push('gate', { ...dot, capturedAt }), /capturedAt: expected Unix ms, got/);
  }
  assert.throws(() => engine.push('gate', { ...dot, width: 2 }), /expected 6 bytes for 2 × 1/);
  assert.throws(
    () => engine.push('../gate', dot),
    (error: Error) => error instanceof RangeError && /^camera: expected 1 to 63 letters/.test(error.message),
  );
  assert.equal(engine.status().cameras, []);
  for (const wrong of [
    { ...dot, width: 0, height: 0 },
    { ...dot, width: Number.NaN },
    { ...dot, width: 1.5 },
  ]) {
    assert.instance(await engine.detect(wrong).catch((error: Error) => error), RangeError);
  }
  assert.equal((await engine.detect(dot)).boxes, []);
  await engine.stop();
});

withModel('it starts once, also when asked twice, and after its stop never again', async () => {
  const engine = createEngine({ home: home('twice'), log: silentLog });
  const early = await engine.changeModel({ model: 'roadside-s' }).catch((error: Error) => error);
  assert.match(String(early), /no model answers yet/);
  await Promise.all([engine.start(), engine.start()]);
  assert.equal([engine.model!.generation, engine.status().workers.length], [1, 1]);
  await engine.stop();
  const again = await engine.start().catch((error: Error) => error);
  assert.instance(again, DetectorError);
  assert.match(String(again), /make another one/);
});

withModel('a stop in the middle of its start is no failure of the start', async () => {
  const engine = createEngine({ home: home('stopped-early'), log: silentLog });
  const started = engine.start();
  await eventually('a worker that loads', () => engine.status().workers.length === 1);
  await engine.stop();
  await started;
  assert.is(engine.model, null);
});

test('importing it prints nothing, writes nothing and keeps no process alive', () => {
  const index = new URL('../../src/index.js', import.meta.url).href;
  const empty = temporaryFolder('engine-import');
  const script = `const { createEngine } = await import(${JSON.stringify(index)}); process.stdout.write(typeof createEngine);`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: empty,
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal([status, stdout, stderr], [0, 'function', '']);
  assert.is(existsSync(join(empty, 'data')), false);
});

withModel('a file is named where the bytes are no picture', async () => {
  const engine = createEngine({ home: home('no-picture'), log: silentLog });
  await engine.start();
  const error = await engine.detect(readFileSync(new URL(import.meta.url))).catch((thrown: Error) => thrown);
  assert.match(String(error), /no whole JPEG, PNG or WebP picture/);
  await engine.stop();
});

test.run();
