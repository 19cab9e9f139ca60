import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Frame } from '../../src/frame/frame.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { takeFrames } from './frames.js';
import { makeClip, openCamera } from './sources.js';

const folder = temporaryFolder('http-video');
let answer: (path: string, response: ServerResponse) => void = () => {};
const server = createServer(({ url = '' }, response) => answer(url, response));
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
test.after(() => {
  server.close();
  server.closeAllConnections();
});

needs('ffmpeg', test)('an HLS playlist is read by ffmpeg', async () => {
  makeClip(join(folder, 'live.m3u8'), { args: ['-f', 'hls', '-hls_time', '1', '-hls_list_size', '0'] });
  answer = (path, response) => response.end(readFileSync(join(folder, basename(path))));
  const source = openCamera({ url: `http://${host}/live.m3u8` });
  await source.start();
  const frames = await takeFrames(source.frames(), 3);
  await source.stop();
  assert.equal([frames.length, frames[0]!.width, frames[0]!.height], [3, 320, 240]);
});

needs('ffmpeg', test)('a single JPEG that ffmpeg reads is a frame', async () => {
  const jpeg = readFileSync(makeClip(join(folder, 'one.jpg'), { args: ['-c:v', 'mjpeg', '-frames:v', '1'] }));
  answer = (_, response) => response.setHeader('content-type', 'image/jpeg').end(jpeg);
  const source = openCamera({ url: `http://${host}/snapshot.jpg`, kind: 'ffmpeg' });
  await source.start();
  const [frame] = await takeFrames(source.frames(), 1);
  await source.stop();
  assert.equal([frame!.width, frame!.height, frame!.damaged], [320, 240, false]);
});

needs('ffmpeg', test)(
  'an HTTP URL that turns out to be video is read by ffmpeg, a new size with a fresh one',
  async () => {
    const seconds = 6;
    const small = readFileSync(makeClip(join(folder, 'small.ts'), { seconds }));
    const large = readFileSync(
      makeClip(join(folder, 'large.ts'), { seconds, size: '480x360', args: ['-output_ts_offset', '6'] }),
    );
    let streams = 0;
    answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'video/mp2t' });
      // the first look only asks for the type, the second is ffmpeg's
      if (++streams > 2) response.write(large);
      else response.write(small, () => setTimeout(() => response.write(large), 1500));
    };
    const source = openCamera({ url: `http://${host}/stream` });
    await source.start();
    const sizes = new Set<string>();
    let frames = 0;
    for await (const frame of source.frames()) {
      sizes.add(sizeOf(frame));
      frame.release();
      if (sizes.size === 2 || ++frames === 500) break;
    }
    assert.is(source.pid !== null, true);
    const { counters } = source.health();
    await source.stop();
    assert.equal([...sizes], ['320x240 of 320x240', '480x360 of 480x360']);
    assert.equal([counters.resolutionChanges, counters.reconnects, counters.malformed], [1, 0, 0]);
  },
);

function sizeOf({ width, height, sourceWidth, sourceHeight }: Frame): string {
  return `${width}x${height} of ${sourceWidth}x${sourceHeight}`;
}

test.run();
