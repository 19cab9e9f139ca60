import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../src/capture/source.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { has } from '../optional.js';
import { eventually } from '../temporary.js';
import { sourceContract } from './source-contract.js';
import { openCamera } from './sources.js';

// the system's Python: GStreamer's bindings are not installed for any other
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(PROJECT_ROOT, 'test/capture/rtsp-server.py');
const LOSSES = 20;

let server: ChildProcess | null = null;
let port = 0;
process.on('exit', () => server?.kill('SIGKILL'));

async function startServer(): Promise<void> {
  server = spawn(PYTHON, [SCRIPT, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface(server.stdout!);
  const [line] = (await once(lines, 'line')) as [string];
  const ready = /ready (\d+)/.exec(line);
  if (!ready) throw new Error(`the RTSP server said ${line}`);
  port = Number(ready[1]);
}

async function killServer(): Promise<void> {
  const ended = once(server!, 'exit');
  server!.kill('SIGKILL');
  await ended;
}

async function moreFrames(source: Source, what: string): Promise<void> {
  const before = source.health().counters.captured;
  await eventually(what, () => source.health().counters.captured >= before + 3, 20_000);
}

const open = () => openCamera({ url: `rtsp://admin:hunter2@127.0.0.1:${port}/cam` });

if (has('ffmpeg') && spawnSync(PYTHON, [SCRIPT, 'check'], { timeout: 20_000 }).status === 0) {
  await startServer();
  sourceContract('RTSP camera', open);

  test(`an RTSP camera comes back each of the ${LOSSES} times that its server is killed and restarted`, async () => {
    const source = open();
    await source.start();
    try {
      await moreFrames(source, 'the first frames');
      for (let loss = 1; loss <= LOSSES; loss++) {
        await killServer();
        await eventually('the loss is seen', () => source.health().state === 'reconnecting');
        await startServer();
        await moreFrames(source, `frames after loss ${loss}`);
      }
    } finally {
      await source.stop();
    }
    const health = source.health();
    assert.is(health.counters.reconnects >= LOSSES, true);
    assert.not.match(JSON.stringify(health) + source.label, 'hunter2');
  });

  test.after(killServer);
} else {
  const name = `an RTSP camera comes back each of the ${LOSSES} times that its server is killed`;
  console.log(`SKIPPED (no ffmpeg or no GStreamer RTSP server here): ${name}`);
  test.skip(name, () => {});
}

test.run();
