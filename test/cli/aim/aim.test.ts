import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cameraNamed } from '../../../src/cli/aim/aim.js';
import { configSchema } from '../../../src/config/config.js';
import { ConfigError } from '../../../src/foundation/errors.js';
import { edgeOptimizerHere } from '../in-process.js';

const test = suite('aim');

test('a simulated camera is aimed: vehicles are found, every frame inferred, once a second told, and a start does not use up the duration', async () => {
  const { code, stdout, stderr } = await edgeOptimizerHere(['aim', 'sim://road?seed=3', '--json', '--duration', '3']);
  assert.equal([code, stderr], [0, '']);
  const reports = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const last = reports.at(-1);
  assert.equal([last.camera, last.state], ['camera', 'streaming']);
  assert.ok(last.light.sharpness > 0);
  assert.ok(last.focus > 0 && last.focus <= 1);
  assert.ok(last.smallestSure > 28, `${last.smallestSure}`);
  assert.ok(reports.some(({ vehicles }) => vehicles > 0));
});

test('a camera is named by its id or its address', () => {
  const north = configSchema.parse({ cameras: [{ id: 'north', url: 'sim://road' }] }).cameras[0]!;
  assert.is(cameraNamed('north', [north]), north);
  assert.is(cameraNamed('rtsp://192.168.1.20/stream1', [north]).url, 'rtsp://192.168.1.20/stream1');
  try {
    cameraNamed('nort', [north]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ConfigError);
    assert.equal(
      [...(error as ConfigError).problems],
      ['CAMERA: expected the id of a camera (north) or an address, got nort; did you mean north?'],
    );
  }
});

test.run();
