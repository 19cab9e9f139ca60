import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { videoDevices } from '../../src/setup/video-devices.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('video devices');

test('finds each camera once, by number, and leaves out its metadata', () => {
  const root = temporaryFolder('video-devices');
  for (const [device, index, name] of [
    ['video10', '0', 'HD Webcam'],
    ['video0', '0', 'USB Camera: USB Camera'],
    ['video1', '1', 'USB Camera: USB Camera'],
    ['v4l-subdev0', '0', 'sensor'],
  ] as const) {
    const folder = join(root, 'sys/class/video4linux', device);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'index'), `${index}\n`);
    writeFileSync(join(folder, 'name'), `${name}\n`);
  }
  assert.equal(videoDevices(root), [
    { path: '/dev/video0', name: 'USB Camera: USB Camera' },
    { path: '/dev/video10', name: 'HD Webcam' },
  ]);
});

test('finds none where the kernel knows none', () => {
  assert.equal(videoDevices(temporaryFolder('no-video')), []);
});

test.run();
