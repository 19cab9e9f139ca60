import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareModels } from '../../src/cli/compare-models.js';
import { optimizeModel } from '../../src/cli/optimize.js';
import { showModel } from '../../src/cli/show-model.js';
import { sha256OfFile } from '../../src/foundation/sha256.js';
import { formatManifest } from '../../src/models/format-manifest.js';
import { writeModel } from '../../src/onnx/model-file.js';
import { needsModel, ROADSIDE_FILE } from '../detect/roadside-request.js';
import { familyModel, SMALL } from '../optimize/family-models.js';
import { temporaryFolder } from '../temporary.js';
import { startEdgeOptimizer } from './command-line.js';
import { output } from './output.js';

const folder = temporaryFolder('cli-optimize');
const FRAMES = ['sim://road?width=160&height=120'];

/** A registry with one small model that sees the same six vehicles everywhere. */
async function registry(name: string, file: string | null, size: { width: number; height: number }): Promise<string> {
  const dir = join(folder, name);
  const model = join(dir, 'm');
  mkdirSync(model, { recursive: true });
  const target = join(model, 'm.onnx');
  if (file === null) await writeModel(target, familyModel('roadside'));
  else copyFileSync(file, target);
  const classes = file === null ? ['car', 'truck'] : ['car', 'truck', 'bus', 'motorcycle', 'bicycle', 'person'];
  const [sha256, bytes] = [await sha256OfFile(target), readFileSync(target).length];
  const manifest = {
    name: 'm',
    description: 'For tests.',
    family: 'roadside',
    licence: 'MIT',
    origin: 'a test',
    classes,
    input: { layout: 'nchw', type: 'float32', colour: 'rgb', ...size },
    variants: [
      { id: 'fp32', precision: 'fp32', ...size, file: 'm.onnx', sha256, bytes, accuracy: null, madeBy: 'a test' },
    ],
  };
  writeFileSync(join(model, 'model.json'), formatManifest(manifest));
  return dir;
}

test('optimize writes its report as a page, as Markdown and as JSON, and says where', async () => {
  const dir = await registry('report', null, SMALL);
  const report = join(folder, 'its-report');
  const { code, out } = await output(() =>
    optimizeModel({ name: 'm', dir, frames: FRAMES, count: 36, only: 'int8', target: 'tensorrt', report, json: true }),
  );
  assert.is(code, 0);
  const { report: page, outcomes, recommended } = JSON.parse(out);
  assert.is(page, join(report, 'report.html'));
  assert.equal(readdirSync(report).sort(), ['report.html', 'report.json', 'report.md']);
  assert.is(outcomes.length, 2);
  assert.is(recommended, 'int8-tensorrt-64x32');
  assert.match(readFileSync(page, 'utf8'), /<h1>m on tensorrt<\/h1>/);
});

test('without --report it goes beneath the store of the site', async () => {
  const dir = await registry('report-in-store', null, SMALL);
  const config = join(folder, 'site.yaml');
  writeFileSync(config, `board: none\nstore: {dir: ${join(folder, 'store')}}\n`);
  const { out } = await output(() =>
    optimizeModel({
      name: 'm',
      dir,
      frames: FRAMES,
      count: 36,
      only: 'int8',
      target: 'tensorrt',
      config,
      json: true,
      dryRun: true,
    }),
  );
  const page = JSON.parse(out).report as string;
  assert.is(dirname(dirname(page)), join(folder, 'store/reports'));
  assert.is(existsSync(page), true);
});

test('compare runs two variants on the same frames', async () => {
  const dir = await registry('compare', null, SMALL);
  const { code, out } = await output(() =>
    compareModels({ first: 'm', second: 'm:fp32', dir, frames: FRAMES, count: 12, json: true }),
  );
  assert.is(code, 0);
  const { first, second, gate, speed } = JSON.parse(out);
  assert.equal([first, second, gate.f1, gate.reference, speed[0].speedup], ['m:fp32', 'm:fp32', 1, 72, 1]);
});

test('show tells layers and totals', async () => {
  const dir = await registry('show', null, SMALL);
  const { code, out } = await output(() => showModel({ what: 'm', dir, json: true }));
  assert.is(code, 0);
  const { variant, opset, macs, layers } = JSON.parse(out);
  assert.equal([variant, opset, macs], ['fp32', 17, 64 * 32 * 4 * 27]);
  assert.is(layers[0].op, 'Conv');
  const text = await output(() => showModel({ what: 'm:fp32', dir }));
  assert.match(text.out, /^LAYER +OPERATOR +OUTPUT/);
  assert.match(text.out, /m:fp32 \(roadside, fp32, ONNX opset 17\)/);
});

needsModel(test)('Ctrl-C ends the command and leaves the registry as it was', async () => {
  const dir = await registry('interrupted', ROADSIDE_FILE, { width: 320, height: 192 });
  const before = readFileSync(join(dir, 'm', 'model.json'), 'utf8');
  const report = join(folder, 'no-report');
  const frames = ['--frames', 'sim://road?traffic=rush&width=320&height=192', '--count', '48'];
  const { child, ended } = startEdgeOptimizer([
    'models',
    'optimize',
    'm',
    '--dir',
    dir,
    ...frames,
    '--only',
    'int8',
    '--report',
    report,
  ]);
  let text = '';
  child.stderr.on('data', (chunk) => {
    const isQuantizing = /\bint8\b/.test(text);
    text += chunk;
    if (!isQuantizing && /\bint8\b/.test(text)) child.kill('SIGINT');
  });
  assert.is((await ended).code, 1, text);
  assert.match(text, /stopped: .*\/m is as it was/);
  assert.is(readFileSync(join(dir, 'm', 'model.json'), 'utf8'), before);
  assert.equal(readdirSync(join(dir, 'm')).sort(), ['m.onnx', 'model.json']);
  assert.not.ok(existsSync(report));
});

test.run();
