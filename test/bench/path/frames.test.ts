import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { framesOfFfmpeg, framesOfProgram } from '../../../bench/path/frames.js';
import { findFfmpeg } from '../../../src/capture/ffmpeg-binary.js';
import { OwnedFrame } from '../../../src/frame/owned-frame.js';
import { temporaryFolder } from '../../temporary.js';

const FPS = 10;

async function film(): Promise<string> {
  const { path } = await findFfmpeg({ env: process.env });
  const file = join(temporaryFolder('path-frames'), 'film.avi');
  const args = [
    '-v',
    'error',
    '-f',
    'lavfi',
    '-i',
    `testsrc=size=160x96:rate=${FPS}:duration=2`,
    '-c:v',
    'mpeg4',
    file,
  ];
  assert.is(spawnSync(path, args).status, 0);
  return file;
}

test('frames were captured as far apart as they were filmed, by both ways, however fast they are read', async () => {
  const file = await film();
  const [captured, scene]: [number[], number[]] = [[], []];
  let first: OwnedFrame | null = null;
  for await (const frame of framesOfProgram(file, 20)) {
    first ??= new OwnedFrame(frame, null);
    assert.is(frame.data.length, (160 * 96 * 3) / 2, 'its pixels are those that were read');
    captured.push(frame.capturedAt);
    scene.push(frame.sceneMs);
  }
  assert.is(captured.length, 20);
  assert.is(captured.at(-1)! - captured[0]!, (19 * 1000) / FPS);
  const converted: number[] = [];
  for await (const { capturedAt } of framesOfFfmpeg(file, first!, scene)) converted.push(capturedAt);
  assert.equal(converted, captured);
});

test.run();
