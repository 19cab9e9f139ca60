import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../src/capture/source.js';
import type { CaptureConfig } from '../../src/config/config.js';
import { createLog, type Log, silentLog } from '../../src/foundation/log.js';
import { needs } from '../optional.js';
import { eventually, temporaryFolder } from '../temporary.js';
import { takeFrames } from './frames.js';
import { RtspCamera, type RtspCameraOptions } from './rtsp-camera.js';
import { openCamera } from './sources.js';
import { testFilm } from './test-film.js';

const folder = temporaryFolder('key-frames');
const FPS = 25;

interface Trial {
  readonly camera: Omit<RtspCameraOptions, 'fps'>;
  readonly rtspTransport?: 'tcp' | 'udp';
  readonly capture?: Partial<CaptureConfig>;
  readonly log?: Log;
}

/** Watches a camera for as long as `trial` takes; nothing is left of either. */
async function watch<T>(
  { camera, rtspTransport, capture, log = silentLog }: Trial,
  trial: (source: Source) => Promise<T>,
) {
  const server = await RtspCamera.start({ ...camera, fps: FPS });
  const source = openCamera({ url: server.url, rtspTransport }, { stallTimeoutMs: 1500, ...capture }, { log });
  try {
    await source.start();
    return { seen: await trial(source), health: source.health() };
  } finally {
    await source.stop();
    server.stop();
  }
}

for (const withoutParameters of [false, true]) {
  const which = withoutParameters ? 'names its parameters with each key frame only' : 'names its parameters at once';
  needs('ffmpeg', test)(`a camera that ${which} starts with the first key frame, without a stall`, async () => {
    let sent = 0;
    const onPicture = (index: number) => {
      sent = index;
    };
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    const camera = { film: testFilm(folder, 'long.h264', 75, 150), from: 15, withoutParameters, onPicture };
    const { seen, health } = await watch({ camera, log }, async (source) => {
      const [frame] = await takeFrames(source.frames(), 1);
      return { damaged: frame!.damaged, sent };
    });
    assert.is(seen.damaged, false);
    // the film has two key frames, 0 and 75, and is sent from 15 on: the next one would be 150
    assert.is(seen.sent >= 75 && seen.sent < 150, true);
    const { stalls, reconnects, decodeErrors } = health.counters;
    assert.equal([stalls, reconnects, decodeErrors], [0, 0, 0]);
    assert.match(lines.join(''), /waiting for a key frame: .*no picture yet/);
  });
}

needs('ffmpeg', test)('a camera that sends no key frame is a stall in the end, and why is said', async () => {
  const camera = { film: testFilm(folder, 'one.h264', 200, 110), from: 5, withoutParameters: true };
  const { health } = await watch({ camera, capture: { keyFrameTimeoutMs: 2500 } }, (source) =>
    eventually('a loss', () => source.health().lastError !== null),
  );
  assert.match(health.lastError!, /no frame from rtsp:.* for 2500 ms: waiting for a key frame: .*I-frame interval/);
});

for (const rtspTransport of ['tcp', 'udp'] as const) {
  needs('ffmpeg', test)(
    `pictures after packets lost over ${rtspTransport} are damaged, until the next key frame`,
    async () => {
      let sent = 0;
      const camera = {
        film: testFilm(folder, 'short.h264', 25, 50),
        onPicture: (index: number) => {
          sent = index;
        },
        lose: (packet: number) => sent % 25 === 10 && packet % 2 === 0,
      };
      const { seen, health } = await watch({ camera, rtspTransport, capture: { queueFrames: 32 } }, async (source) => {
        let marks = '';
        for await (const frame of source.frames()) {
          marks += frame.damaged ? 'x' : '.';
          frame.release();
          if (marks.endsWith('x.')) return marks;
        }
        return marks;
      });
      // from picture 10 of 25 on
      assert.match(seen, /^\.{1,26}x{13,16}\.$/);
      assert.is(health.counters.decodeErrors > 0, true);
    },
  );
}

test.run();
