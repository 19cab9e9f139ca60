import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { loadRefusal } from '../../../src/detect/worker/load-refusal.js';
import { loadRuntime } from '../../../src/detect/worker/onnx-runtime.js';
import { encodeModel } from '../../../src/onnx/encode.js';
import { makeNode } from '../../../src/onnx/graph.js';
import type { Model } from '../../../src/onnx/model.js';
import { float32Tensor } from '../../../src/onnx/tensor.js';
import { smallModel } from '../../onnx/small-model.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('load-refusal');
const x = { name: 'x', type: 'float32', dims: [1, 64] } as const;
const y = { name: 'y', type: 'float32', dims: [1, 64] } as const;
const { ort } = loadRuntime(null);

function model(op: string, domain = '', opsets: readonly (readonly [string, number])[] = [['', 17]]): Model {
  const plain = smallModel({ inputs: [x], outputs: [y], nodes: [{ ...makeNode(op, 'n', ['x'], ['y']), domain }] });
  return { ...plain, opsets: new Map(opsets) };
}

/** What is told when ONNX Runtime, the real one, refuses a file. */
async function told(content: Uint8Array | Model, external?: Parameters<typeof encodeModel>[1]): Promise<string> {
  const file = join(folder, 'model.onnx');
  writeFileSync(file, content instanceof Uint8Array ? content : Buffer.concat(encodeModel(content, external)));
  try {
    await ort.InferenceSession.create(file, { logSeverityLevel: 4 });
  } catch (error) {
    return (loadRefusal(file, error) as Error).message.replace(`${file} `, '');
  }
  return 'it was loaded';
}

test('an IR version or an operator set that is too new, with both figures and the export that helps', async () => {
  assert.match(
    await told({ ...model('Relu'), irVersion: 99 }),
    /^the model is of IR version 99, this ONNX Runtime reads up to \d+: export it again with opset=17 .*onnx<1.18/,
  );
  assert.match(
    await told(model('Relu', '', [['', 99]])),
    /^the model is written for operator set 99 of ai.onnx, this ONNX Runtime knows up to \d+: export it again with opset=17/,
  );
});

test('operators that ONNX Runtime does not have, by whose they are', async () => {
  const own = [
    ['', 17],
    ['TRT', 1],
    ['ai.onnx.contrib', 1],
    ['acme', 1],
  ] as const;
  assert.match(
    await told(model('EfficientNMS_TRT', 'TRT', own)),
    /^operator EfficientNMS_TRT is a plugin of TensorRT.*nms=False/,
  );
  assert.match(
    await told(model('DecodeImage', 'ai.onnx.contrib', own)),
    /^operator DecodeImage comes from onnxruntime-ext/,
  );
  assert.match(await told(model('Frob', 'acme', own)), /^operator Frob of acme is not ONNX's own and not known here/);
  assert.match(await told(model('Frob', 'nobody')), /^its operators of nobody are of no known version/);
  assert.match(
    await told(model('Frob')),
    /^operator Frob is not in operator set 17, for which the model says it is written: export it again with opset=17/,
  );
  assert.match(await told(model('Upsample')), /^operator Upsample is not in operator set 17/);
});

test('an element type that the operators do not have', async () => {
  const half = smallModel({
    inputs: [{ ...x, type: 'bfloat16' }],
    outputs: [{ ...y, type: 'bfloat16' }],
    nodes: [makeNode('Relu', 'n', ['x'], ['y'])],
  });
  assert.match(await told(half), /^operator Relu \(version 14\) is not there for the element type.*half=False/);
});

test('weights that lie in another file', async () => {
  const constants = { c: float32Tensor([1, 64], new Float32Array(64)) };
  const sum = smallModel({ inputs: [x], outputs: [y], constants, nodes: [makeNode('Add', 'n', ['x', 'c'], ['y'])] });
  const at = (location: string) => new Map([['c', { location, offset: 0 }]]);
  assert.match(
    await told(sum, at('gone.data')),
    /weights lie in .*gone.data, which is not there: put it beside the model/,
  );
  assert.match(await told(sum, at('../gone.data')), /weights lie in ..\/gone.data, outside the model's folder/);
  writeFileSync(join(folder, 'short.data'), new Uint8Array(10));
  assert.match(await told(sum, at('short.data')), /cut short: c needs bytes 0 to 256 of 10; copy it again/);
});

test('what is no model', async () => {
  assert.match(await told(Buffer.from('<html><title>Sign in</title>')), /^is a web page \("Sign in"\): download/);
  assert.is(await told(Buffer.alloc(0)), 'is empty: copy or download it again');
  const cut = Buffer.concat(encodeModel(model('Relu'))).subarray(0, 30);
  assert.is(await told(cut), 'is no ONNX model, or is cut short: copy or download it again');
});

test('what is not known stays as it is', () => {
  const error = new Error('something new');
  assert.is(loadRefusal('model.onnx', error), error);
});

test.run();
