import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type FfmpegChoice, findFfmpeg } from '../../src/capture/ffmpeg-binary.js';
import { SourceError } from '../../src/foundation/errors.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { openCamera } from './sources.js';

const folder = temporaryFolder('ffmpeg-binary');

function program(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

const refusal = (choice: FfmpegChoice) =>
  findFfmpeg(choice).then(
    () => 'found',
    (error: Error) => {
      assert.instance(error, SourceError);
      return error.message;
    },
  );

const fake = program('ffmpeg', 'echo "ffmpeg version 6.1"; echo "libavformat    60. 16.100 / 60. 16.100"');

test('takes EDGE_FFMPEG before the configured path before PATH', async () => {
  const found = await findFfmpeg({ path: '/no/such', env: { EDGE_FFMPEG: fake } });
  assert.equal([found.path, found.version, found.hasFpsMode, found.bundled], [fake, 'ffmpeg version 6.1', true, false]);
  assert.is((await findFfmpeg({ path: fake, env: {} })).path, fake);
  assert.is((await findFfmpeg({ env: { PATH: `/no/such:${folder}` } })).path, fake);
});

test('falls back to the bundled build', async () => {
  const found = await findFfmpeg({ env: { PATH: '/no/such' } });
  assert.equal([found.bundled, found.hasFpsMode, found.printsMetadata], [true, false, false]);
});

test('a wrong path is an error that names it and where it came from', async () => {
  assert.match(await refusal({ env: { EDGE_FFMPEG: '/no/such/ffmpeg' } }), '/no/such/ffmpeg (from EDGE_FFMPEG)');
  assert.match(await refusal({ path: '/no/such/ffmpeg', env: {} }), '(from capture.ffmpeg.path)');
});

test('a program that is no ffmpeg is an error', async () => {
  const path = program('other', 'echo hello');
  assert.match(await refusal({ path, env: {} }), 'name a real ffmpeg');
});

test('a program that refuses the question for its version will not be asked again', async () => {
  const path = program('refuses', 'exit 3');
  const error = await findFfmpeg({ path, env: {} }).catch((thrown: SourceError) => thrown);
  assert.instance(error, SourceError);
  assert.is((error as SourceError).permanent, true);
});

test('a camera without a system ffmpeg is refused with the way to get one', async () => {
  const source = openCamera({ url: 'rtsp://127.0.0.1:1/x' }, {}, { env: { PATH: '/no/such' } });
  const message = await source.start().then(
    () => 'started',
    (error: Error) => error.message,
  );
  await source.stop();
  assert.match(message, 'sudo apt install ffmpeg');
});

needs('ffmpeg', test)('finds the ffmpeg on PATH', async () => {
  assert.is((await findFfmpeg({ env: { PATH: process.env.PATH } })).bundled, false);
});

test.run();
