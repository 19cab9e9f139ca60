import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ModelProbe } from '../../../src/detect/host/model-probe.js';
import { constantModel, onnxModel } from '../../fixtures/onnx-builder.js';
import { temporaryFolder } from '../../temporary.js';
import { loadRequest } from '../worker/onnx-session.js';

const folder = temporaryFolder('model-probe');
const deadlineMs = 20_000;
const { input } = loadRequest({ width: 2, height: 1 });
const picture = Uint8Array.of(1, 2, 3, 4, 5, 6);

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'it was not refused',
    (error: Error) => `${error.name}: ${error.message}`,
  );
}

test('a graph is run on a picture, and its outputs come back as they are', async () => {
  const file = write(
    'identity.onnx',
    onnxModel({
      inputs: [{ name: 'images', dims: [1, 3, 1, 2] }],
      outputs: [{ name: 'same', dims: [1, 3, 1, 2] }],
      constants: [],
      nodes: [{ op: 'Identity', inputs: ['images'], outputs: ['same'] }],
    }),
  );
  const probe = await ModelProbe.open({ file }, { deadlineMs });
  const outputs = await probe.run({ input: { ...input, colour: 'bgr' }, picture });
  assert.equal(outputs, [
    { name: 'same', type: 'float32', dims: [1, 3, 1, 2], varying: false, data: Float32Array.of(3, 6, 2, 5, 1, 4) },
  ]);
  probe.close();
});

test('whole numbers come back as such', async () => {
  const output = { name: 'num_dets', dims: [1, 1], data: BigInt64Array.of(7n) };
  const file = write('numbers.onnx', constantModel({ name: 'x', dims: [1, 3, 1, 2] }, [output]));
  const probe = await ModelProbe.open({ file }, { deadlineMs });
  assert.equal((await probe.run({ input, picture }))[0]!.data, BigInt64Array.of(7n));
  probe.close();
});

test('a file that ONNX Runtime refuses is refused in its words', async () => {
  const file = write('text.onnx', 'this is no model');
  assert.match(
    await refusal(ModelProbe.open({ file }, { deadlineMs })),
    /^ModelError: ONNX Runtime refuses the model: .*text\.onnx/,
  );
});

test('a picture that the graph cannot take is refused, and the next one is answered', async () => {
  const output = { name: 'n', dims: [1, 1], data: Float32Array.of(1) };
  const file = write('size.onnx', constantModel({ name: 'x', dims: [1, 3, 1, 2] }, [output]));
  const probe = await ModelProbe.open({ file }, { deadlineMs });
  const wide = { ...input, width: 4 };
  assert.match(
    await refusal(probe.run({ input: wide, picture: new Uint8Array(12) })),
    /ONNX Runtime refuses the model/,
  );
  assert.is((await probe.run({ input, picture })).length, 1);
  probe.close();
});

test('a process that dies of the model is told with its signal and its last words', async () => {
  const program = write(
    'dies.mjs',
    `process.stderr.write('double free or corruption\\n', () => process.kill(process.pid, 'SIGABRT'));`,
  );
  assert.match(
    await refusal(ModelProbe.open({ file: 'any' }, { deadlineMs, program })),
    /^ModelError: ONNX Runtime broke down while opening the model: its process was killed by SIGABRT; its last words: double free/,
  );
});

test('a process that dies in the middle of a run is told too', async () => {
  const program = write(
    'later.mjs',
    `process.on('message', (message) => { if ('file' in message) process.send({ outputs: [] }); else process.exit(3); });`,
  );
  const probe = await ModelProbe.open({ file: 'any' }, { deadlineMs, program });
  assert.match(
    await refusal(probe.run({ input, picture })),
    /while running the model: its process ended with exit code 3/,
  );
  assert.match(
    await refusal(probe.run({ input, picture })),
    /while running the model: its process ended with exit code 3/,
  );
});

test('a process that hangs is ended, and the time it had is told', async () => {
  const program = write('hangs.mjs', `process.on('message', () => undefined);`);
  assert.match(
    await refusal(ModelProbe.open({ file: 'any' }, { deadlineMs: 300, program })),
    /^ModelError: opening the model took longer than 0\.3 s: it hangs, or is too large for this machine/,
  );
});

test.run();
