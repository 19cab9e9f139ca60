import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { framesToTry } from '../../src/cli/frames-to-try.js';
import { encodeJpeg } from '../../src/media/image.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('frames-to-try');
const jpeg = await encodeJpeg(new Uint8Array(32 * 16 * 3).fill(200), 32, 16, 90);
mkdirSync(join(folder, 'many'));
for (let i = 10; i < 30; i++) writeFileSync(join(folder, 'many', `${i}.jpg`), jpeg);

test('of a folder eight pictures are taken, spread over it', async () => {
  const scenes = await framesToTry([join(folder, 'many')]);
  assert.equal(
    scenes.map(({ id }) => id.slice(-6)),
    ['10.jpg', '12.jpg', '15.jpg', '17.jpg', '20.jpg', '22.jpg', '25.jpg', '27.jpg'],
  );
  const { kind, width, height, vehicles } = scenes[0]!;
  assert.equal({ kind, width, height, vehicles }, { kind: 'frame', width: 32, height: 16, vehicles: null });
});

test('several sources share the eight', async () => {
  const one = join(folder, 'many', '10.jpg');
  const scenes = await framesToTry([one, join(folder, 'many')]);
  assert.equal(scenes.length, 5);
});

test('a simulated road gives frames too', async () => {
  const scenes = await framesToTry(['sim://road?width=320&height=180&seed=2']);
  assert.is(scenes.length, 8);
  assert.is(scenes[0]!.width, 320);
});

test('what cannot be read is an error, not a picture less', async () => {
  const failure = await framesToTry([join(folder, 'gone.jpg')]).catch((error: Error) => error);
  assert.match(String(failure), /cannot read .*gone\.jpg/);
});

test.run();
