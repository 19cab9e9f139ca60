import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listBoards } from '../../src/board/board.js';
import { type Config, configSchema } from '../../src/config/config.js';
import { editorSchema } from '../../src/config/json-schema.js';
import { CAMERA_KEYS, KEYS } from '../../src/config/keys.js';
import { loadConfig } from '../../src/config/load.js';
import { leavesOf } from '../../src/config/origins.js';
import { referenceMarkdown } from '../../src/config/reference.js';
import { readConfigFile } from '../../src/config/site-file.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const example = join(PROJECT_ROOT, 'docs/example-site.yaml');
const valid = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(editorSchema());
const boards = listBoards(join(PROJECT_ROOT, 'device-config'));

test('docs/configuration.md is current (npm run docs writes it)', () => {
  assert.is(read('docs/configuration.md') === referenceMarkdown(), true);
});

test('docs/configuration.schema.json is current (npm run docs writes it)', () => {
  const committed = JSON.stringify(JSON.parse(read('docs/configuration.schema.json')));
  assert.is(committed === JSON.stringify(editorSchema()), true);
});

test('every key says what it means, and no two share a variable', () => {
  const keys = [...KEYS, ...CAMERA_KEYS];
  assert.equal(
    keys.filter(({ node }) => !node.description).map(({ path }) => path),
    [],
  );
  const variables = keys.map(({ variable }) => variable).filter((variable) => variable !== null);
  assert.is(new Set(variables).size, variables.length);
  assert.equal(
    KEYS.filter(({ variable }) => variable?.startsWith('EDGE_CAMERA_')),
    [],
  );
});

test('every number has a range, or a list of what it may be', () => {
  const numbers = [...KEYS, ...CAMERA_KEYS].filter(
    ({ node }) => (node.type === 'integer' || node.type === 'number') && node.enum === undefined,
  );
  assert.equal(
    numbers.filter(({ node }) => node.minimum === undefined || node.maximum === undefined),
    [],
  );
});

test('the variable of a key follows its path', () => {
  const variable = (path: string) => KEYS.find((key) => key.path === path)?.variable;
  assert.is(variable('detector.intraOpThreads'), 'EDGE_DETECTOR_INTRA_OP_THREADS');
  assert.is(variable('capture.ffmpeg.path'), 'EDGE_CAPTURE_FFMPEG_PATH');
  assert.is(variable('mqtt.keepaliveS'), 'EDGE_MQTT_KEEPALIVE_S');
});

test('the example site is valid, for the program and for editors', () => {
  const { config, warnings } = loadConfig({ file: example, env: {}, flags: { board: 'none' } });
  assert.is(config.cameras.length, 2);
  assert.equal(warnings, []);
  assert.is(valid(readConfigFile(example).data), true);
  assert.match(read('docs/example-site.yaml'), /^# yaml-language-server: \$schema=configuration\.schema\.json\n/);
});

test('editors refuse unknown keys and secrets, and allow empty sections', () => {
  assert.is(valid({ sit: 'a' }), false);
  assert.is(valid({ mqtt: { password: 'x' } }), false);
  assert.is(valid({ mqtt: null, cameras: [{ id: 'a', urlFile: 'x' }] }), true);
});

test('editors know a point as two numbers, in lines, zones and masks', () => {
  const withLine = (from: unknown) =>
    valid({
      cameras: [
        {
          id: 'a',
          lines: [{ id: 'gate', from, to: [1, 0.5] }],
          masks: [
            [
              [0, 0],
              [1, 0],
              [1, 1],
            ],
          ],
        },
      ],
    });
  assert.is(withLine([0, 0.5]), true);
  for (const wrong of [[0], [0, 0.5, 1], [0, 2], ['0', 0], { x: 0, y: 0 }]) assert.is(withLine(wrong), false);
});

for (const board of boards) {
  test(`device-config/${board}.yaml is valid and says only what differs from the defaults`, () => {
    const file = join(PROJECT_ROOT, 'device-config', `${board}.yaml`);
    const { config, origins } = loadConfig({ env: {}, flags: { board } });
    const said = [...origins].filter(([, origin]) => origin === `board ${board}`).map(([path]) => path);
    assert.is(said.length > 0, true);
    const defaults = valuesOf(configSchema.parse({}));
    const values = valuesOf(config);
    assert.equal(
      said.filter((path) => defaults.get(path) === values.get(path)),
      [],
    );
    assert.is(valid(readConfigFile(file).data), true);
  });

  test(`device-config/${board}.yaml says why, above every key`, () => {
    const lines = read(`device-config/${board}.yaml`).split('\n');
    const keys = lines.flatMap((line, index) => (/^ +[a-zA-Z]+: *\S/.test(line) ? [index] : []));
    assert.is(keys.length > 0, true);
    assert.equal(
      keys.filter((index) => !lines[index - 1]!.trim().startsWith('#')),
      [],
    );
  });
}

function valuesOf(config: Config): Map<string, string> {
  return new Map(leavesOf(config).map(({ path, value }) => [path.join('.'), JSON.stringify(value)]));
}

test.run();
