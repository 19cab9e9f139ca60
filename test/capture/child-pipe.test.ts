import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChildPipe } from '../../src/capture/child-pipe.js';
import { endWithTests, eventually } from '../temporary.js';

/** Writes so many blocks of 10,000 bytes, each with its own content. */
const writer = (blocks: number) =>
  `const { writeSync } = require('node:fs');
   for (let i = 0; i < ${blocks}; i++) for (let at = 0, b = Buffer.alloc(10_000, i); at < b.length; ) at += writeSync(1, b, at);`;

const start = (script: string) =>
  endWithTests(spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] }));
const stdoutOf = (child: ChildProcess) => child.stdout as Readable;

const sumOf = (blocks: number) => {
  const hash = createHash('sha256');
  for (let i = 0; i < blocks; i++) hash.update(Buffer.alloc(10_000, i));
  return hash.digest('hex');
};

async function readAll(child: ChildProcess, stream = stdoutOf(child)) {
  const hash = createHash('sha256');
  const buffers = new Set<ArrayBufferLike>();
  new ChildPipe(stream).read(
    (bytes) => {
      hash.update(bytes);
      buffers.add(bytes.buffer);
    },
    () => {},
  );
  const [code] = await once(child, 'close');
  return { code, sum: hash.digest('hex'), buffers: buffers.size };
}

test('every byte arrives, through one buffer, and the child is closed in the end', async () => {
  assert.equal(await readAll(start(writer(200))), { code: 0, sum: sumOf(200), buffers: 1 });
});

test('where Node keeps the handle elsewhere the stream is read as it is', async () => {
  const child = start(writer(200));
  const stream = Object.create(stdoutOf(child), { _handle: { value: null, writable: true } }) as Readable;
  const { code, sum } = await readAll(child, stream);
  assert.equal([code, sum], [0, sumOf(200)]);
});

test('a paused pipe makes the child wait, and goes on where it was', async () => {
  const child = start(writer(200));
  const pipe = new ChildPipe(stdoutOf(child));
  let bytes = 0;
  pipe.read(
    (chunk) => {
      bytes += chunk.length;
      if (bytes <= 65_536) pipe.pause();
    },
    () => {},
  );
  const closed = once(child, 'close');
  await eventually('the first bytes', () => bytes > 0);
  const before = bytes;
  await new Promise((resolve) => setTimeout(resolve, 200));
  assert.is(bytes, before);
  assert.is(child.exitCode, null);
  bytes += 65_536; // from now on it is not paused again
  pipe.resume();
  await closed;
  assert.is(bytes - 65_536, 2_000_000);
});

test('a destroyed pipe ends a child that writes to it', async () => {
  const child = start(
    `setInterval(() => process.stdout.write('x'), 10); process.stdout.on('error', () => process.exit(3));`,
  );
  const pipe = new ChildPipe(stdoutOf(child));
  let bytes = 0;
  pipe.read(
    (chunk) => {
      bytes += chunk.length;
    },
    () => {},
  );
  await eventually('a byte', () => bytes > 0);
  const closed = once(child, 'close');
  pipe.destroy();
  const [code] = await closed;
  assert.is(code, 3);
});

test('text cut in the middle of a letter is whole again', async () => {
  const child = start(
    `process.stdout.write(Buffer.from([0xc3])); setTimeout(() => process.stdout.write(Buffer.from([0xa9])), 50);`,
  );
  const decoder = new TextDecoder();
  let text = '';
  new ChildPipe(stdoutOf(child)).read(
    (bytes) => {
      text += decoder.decode(bytes, { stream: true });
    },
    () => {},
  );
  await once(child, 'close');
  assert.is(text, 'é');
});

test.run();
