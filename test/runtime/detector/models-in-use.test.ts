import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import { STRIDE } from '../../../src/frame/detections.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { needsModel } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const withModel = needsModel(test);
const folder = temporaryFolder('models-in-use');
const shipped = join(PROJECT_ROOT, 'models', 'roadside-n');

/** The network of roadside-n as another model: its class names in reverse, so that its `car` is our `person`. */
function reversedModel(dir: string): void {
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
  const classes = [...manifest.classes].reverse();
  mkdirSync(join(dir, 'reversed'), { recursive: true });
  copyFileSync(join(shipped, fp32.file), join(dir, 'reversed', fp32.file));
  const broken = { ...fp32, id: 'broken', sha256: '0'.repeat(64) };
  const reversed = { ...manifest, name: 'reversed', classes, report: classes, variants: [fp32, broken] };
  writeFileSync(join(dir, 'reversed', 'model.json'), JSON.stringify(reversed));
}

/** A folder with roadside-n and the reversed model. */
function modelsFolder(): string {
  const dir = join(folder, 'models');
  mkdirSync(join(dir, 'roadside-n'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  copyFileSync(join(shipped, 'model.json'), join(dir, 'roadside-n', 'model.json'));
  for (const file of new Set(manifest.variants.map(({ file }: { file: string }) => file))) {
    copyFileSync(join(shipped, file as string), join(dir, 'roadside-n', file as string));
  }
  reversedModel(dir);
  return dir;
}

/** Cameras that wait for their answers: whatever frame is lost is lost by the change. */
function configOf(answer: object = {}, cameras = 2) {
  return configSchema.parse({
    cameras: Array.from({ length: cameras }, (_, i) => ({
      id: `cam${i}`,
      url: `sim://road?traffic=rush&seed=${i + 2}`,
      pace: 'fast',
      lines: [{ id: 'gate', from: [0.5, 0], to: [0.5, 1] }],
    })),
    model: { dir: modelsFolder(), name: 'roadside-n', variant: 'fp32-416x256' },
    mqtt: { broker: 'off' },
    http: { enabled: false },
    store: { dir: join(folder, 'store') },
    answer,
  });
}

/** Per camera, in order: what answered each frame. */
function authors(results: readonly FrameResult[], camera: string): string[] {
  return results.filter((result) => result.camera === camera).map(({ model, variant }) => `${model}:${variant}`);
}

/** Every change in a list of authors, repetitions left out. */
const changes = (names: readonly string[]): string[] => names.filter((name, i) => name !== names[i - 1]);

for (const [name, answer] of [
  ['most frames are answered without inference', {}],
  ['every frame is inferred', { accuracyFloor: 1 }],
] as const) {
  withModel(`where ${name}, four changes under load lose no frame and mix no two models`, async () => {
    const results: FrameResult[] = [];
    const runtime = new Runtime(configOf(answer), silentLog, { onResult: (result) => results.push(result) });
    await runtime.start();
    const variants = ['fp32-416x256', 'fp32-640x384'];
    const expected = [`roadside-n:${variants[0]}`];
    for (let change = 1; change <= 4; change++) {
      const variant = variants[change % 2]!;
      const before = results.length;
      const model = await runtime.changeModel({ variant });
      assert.equal([model.generation, model.variant], [change + 1, variant]);
      expected.push(`roadside-n:${variant}`);
      for (const camera of ['cam0', 'cam1']) {
        await eventually(`${camera} is answered by it`, () =>
          results.slice(before).some((result) => result.camera === camera && result.variant === variant),
        );
      }
    }
    await runtime.stop('stopped');
    for (const { id, captured, answered, dropped } of runtime.status().cameras) {
      const seqs = results.filter(({ camera }) => camera === id).map(({ seq }) => seq);
      assert.equal(
        seqs,
        seqs.map((_, i) => i),
        'every frame, in order',
      );
      assert.equal(changes(authors(results, id)), expected);
      const total = Object.values(answered).reduce((sum, count) => sum + count, 0);
      assert.is(total, seqs.length);
      const { 'detector-closed': atStop = 0, ...others } = dropped;
      assert.ok(atStop <= 1, 'the one that waited for a worker when all stopped');
      assert.equal(
        Object.entries(others).filter(([, count]) => count > 0),
        [],
      );
      assert.ok(captured - total <= 8, `${captured - total} frames were not read any more at the stop`);
    }
    assert.equal(
      runtime.status().workers.map(({ state }) => state),
      ['closed'],
    );
  });
}

withModel('a model with other classes is answered in names that stay, and counts go on', async () => {
  const results: FrameResult[] = [];
  const runtime = new Runtime(configOf({}, 1), silentLog, { onResult: (result) => results.push(result) });
  await runtime.start();
  const { classes } = runtime.parts.models.current!;
  assert.equal(classes, ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person']);
  const crossings = () => Object.values(runtime.status().cameras[0]!.lines['gate']!).reduce((a, b) => a + b, 0);
  await eventually('crossings', () => crossings() >= 2, 60_000);
  const before = crossings();
  const model = await runtime.changeModel({ model: 'reversed', variant: 'fp32-416x256' });
  assert.equal(model.classes, classes, 'it knows the same names, in another order');
  // a vehicle known before keeps what it was called until it was seen a few times
  const lastId = Math.max(...results.flatMap(({ trackIds }) => [...trackIds]));
  const since = results.length;
  const newIds = () => results.slice(since).flatMap(({ trackIds }) => [...trackIds].filter((id) => id > lastId));
  await eventually('new vehicles', () => new Set(newIds()).size > 8, 60_000);
  await runtime.stop('stopped');
  const named = { car: 0, person: 0 };
  for (const { detections, trackIds } of results.slice(since)) {
    for (let row = 0; row < detections.count; row++) {
      const name = classes[detections.data[row * STRIDE + 5]!]!;
      if (trackIds[row]! > lastId && (name === 'car' || name === 'person')) named[name]++;
    }
  }
  assert.ok(named.person > 10 && named.person > 10 * named.car, `its person is our car: ${JSON.stringify(named)}`);
  assert.ok(crossings() >= before, 'crossings go on from where they were');
});

withModel('a model that cannot be loaded gets no frame, and the one that answers goes on', async () => {
  const results: FrameResult[] = [];
  const runtime = new Runtime(configOf(), silentLog, { onResult: (result) => results.push(result) });
  await runtime.start();
  for (const [choice, reason] of [
    [{ variant: 'int16' }, /no variant int16/],
    [{ model: 'nobody' }, /no model nobody/],
    [{ model: 'reversed', variant: 'broken' }, /sha256/],
  ] as const) {
    const error = await runtime.changeModel(choice).catch((thrown: Error) => thrown);
    assert.match((error as Error).message, reason);
    const since = results.length;
    await eventually('frames are answered on', () => results.length > since + 20);
  }
  assert.is(runtime.parts.models.current!.generation, 1);
  await runtime.stop('stopped');
  assert.equal(changes(authors(results, 'cam0')), ['roadside-n:fp32-416x256']);
});

withModel('a change under way when the program stops ends with an error, and leaves nothing behind', async () => {
  const runtime = new Runtime(configOf(), silentLog);
  await runtime.start();
  const changing = runtime.changeModel({ variant: 'fp32-640x384' }).catch((thrown: Error) => thrown);
  await Promise.all([runtime.stop('stopped'), changing]);
  assert.instance(await changing, Error);
});

test.run();
