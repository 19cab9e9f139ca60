import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { Runtime } from '../../../src/runtime/runtime.js';
import { needsModel } from '../../detect/roadside-request.js';
import { constantModel } from '../../fixtures/onnx-builder.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const withModel = needsModel(test);
const folder = temporaryFolder('model-substitution');
const shipped = join(PROJECT_ROOT, 'models', 'roadside-n');
const [WIDTH, HEIGHT, ROWS] = [416, 256, 20];

/** roadside-n with a variant more, which gives no box a score above 0. */
function modelsFolder(): string {
  const dir = join(folder, 'models');
  const model = join(dir, 'roadside-n');
  mkdirSync(model, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(shipped, 'model.json'), 'utf8'));
  const fp32 = manifest.variants.find(({ id }: { id: string }) => id === 'fp32-416x256');
  copyFileSync(join(shipped, fp32.file), join(model, fp32.file));
  const bytes = constantModel({ name: 'images', dims: [1, 3, HEIGHT, WIDTH] }, [
    { name: 'boxes', dims: [1, ROWS, 6], data: new Float32Array(ROWS * 6) },
  ]);
  writeFileSync(join(model, 'blank.onnx'), bytes);
  const blank = {
    ...fp32,
    id: 'blank',
    file: 'blank.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    bytes: bytes.length,
    output: 'boxes',
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', width: WIDTH, height: HEIGHT },
  };
  writeFileSync(join(model, 'model.json'), JSON.stringify({ ...manifest, variants: [blank, fp32] }));
  return dir;
}

withModel('a variant that can report nothing is told and gives way to another one, which is told too', async () => {
  const results: FrameResult[] = [];
  const config = configSchema.parse({
    cameras: [{ id: 'gate', url: 'sim://road?traffic=rush&seed=2', pace: 'fast' }],
    model: { dir: modelsFolder(), variant: 'blank' },
    mqtt: { broker: 'off' },
    http: { enabled: false },
    store: { dir: join(folder, 'store') },
  });
  const runtime = new Runtime(config, silentLog, { onResult: (result) => results.push(result) });
  await runtime.start();
  await eventually('another variant answers', () => results.at(-1)?.variant === 'fp32-416x256');
  await eventually('vehicles are seen', () => runtime.status().cameras[0]!.vehiclesSeen > 0);
  const status = runtime.status().cameras[0]!;
  const alerts = runtime.parts.alerts.active();
  await runtime.stop('stopped');
  assert.is(status.plausibility, 'plausible');
  assert.equal(
    alerts.map(({ code }) => code),
    ['model-replaced'],
  );
  assert.match(
    alerts[0]!.message,
    /^roadside-n blank is of no use \(the highest score was 0 in each of 2\d pictures in which something moved at camera gate\): fp32-416x256 answers instead; set model\.variant to it/,
  );
});

test.run();
