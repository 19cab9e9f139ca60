import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { fileKind } from '../../src/onnx/file-kind.js';
import { readOutline } from '../../src/onnx/outline.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('file-kind');

/** What is said of a file with this content, as a whole sentence without the file's name. */
function said(content: string | Uint8Array, name = 'model.onnx'): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  try {
    readOutline(file);
  } catch (error) {
    return (error as Error).message.replace(`${file} `, '');
  }
  return 'it was read';
}

/** A ZIP archive as far as it is looked at: one entry a name, each with its header before it. */
function zip(...names: readonly string[]): Buffer {
  const entries = names.map((name) => {
    const data = deflateRawSync('content');
    const header = Buffer.alloc(30);
    header.write('PK\x03\x04', 'latin1');
    header.writeUInt32LE(data.length, 18);
    header.writeUInt16LE(name.length, 26);
    return Buffer.concat([header, Buffer.from(name), data]);
  });
  return Buffer.concat(entries);
}

const bytes = (text: string, length = 200) => Buffer.concat([Buffer.from(text, 'latin1'), Buffer.alloc(length)]);

test('nothing, or next to nothing', () => {
  assert.is(said(''), 'is empty: copy or download it again');
  assert.is(said(new Uint8Array(5000)), 'begins with nothing but zeros: copy or download it again');
  assert.is(said(Uint8Array.of(8, 7)), 'has only 2 bytes: copy or download it again');
});

test('a pointer that git left in place of the file', () => {
  const lfs = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12858745\n';
  assert.match(said(lfs), /^is a Git LFS pointer to a file of 12858745 bytes: fetch the file itself: git lfs pull/);
  assert.match(said('/annex/objects/SHA256E-s12--ab.onnx\n'), /^is a git-annex pointer: .*git annex get/);
});

test('what a server sent in place of the file', () => {
  const page = '\n<!DOCTYPE html><html><head><title>yolov8n.onnx at main</title>';
  assert.match(said(page), /^is a web page \("yolov8n.onnx at main"\): download the file itself/);
  assert.match(said('<html><body>Sign in</body></html>'), /^is a web page: /);
  const denied = '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>';
  assert.match(said(denied), /^is a server's message \("AccessDenied"\): look at the link/);
  assert.match(said('{"error": "Repository not found"}'), /^is a server's message \("Repository not found"\)/);
  assert.match(said('{"layers": [1, 2, 3]}'), /^is a JSON text: take the .onnx file itself/);
  assert.match(said('404: Not Found, I am afraid'), /^is a text of 27 bytes \("404: Not Found, I am afraid"\)/);
});

test('models of PyTorch, with the command that exports them', () => {
  assert.match(
    said(zip('best/data.pkl', 'best/version')),
    /^is a PyTorch model: export it: yolo export model=FILE.pt format=onnx/,
  );
  assert.match(said(zip('m/data.pkl', 'm/code/__torch__.py', 'm/constants.pkl')), /^is a TorchScript model: export it/);
  assert.match(
    said(bytes('\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.')),
    /^is a PyTorch model \(a pickle\): export it/,
  );
  const safetensors = Buffer.concat([
    Buffer.from([60, 0, 0, 0, 0, 0, 0, 0]),
    Buffer.from(`{"a":{"dtype":"F32"}}${' '.repeat(80)}`),
  ]);
  assert.match(said(safetensors), /^holds weights without a graph \(safetensors\): export it/);
});

test('models of other programs', () => {
  assert.match(said(bytes('\x1c\0\0\0TFL3')), /^is a TensorFlow Lite model: /);
  assert.match(said(bytes('\x89HDF\r\n\x1a\n')), /^is an HDF5 file, as Keras keeps weights/);
  assert.match(said(zip('config.json', 'model.weights.h5')), /^is a Keras model/);
  assert.match(
    said(bytes('\x18\0\0\0ORTM')),
    /^is in ONNX Runtime's own format.*: take the .onnx file that it was made of/,
  );
  assert.match(said('<?xml version="1.0"?>\n<net name="yolov8n" version="11">'), /^is an OpenVINO model/);
  assert.match(said('7767517\n168 192\nInput in0 0 1 in0\n'), /^is an ncnn model/);
  assert.match(said(bytes('RKNN\0\0\0\0')), /^is a model for a Rockchip NPU/);
  assert.match(said(zip('arr_0.npy')), /^is an archive of NumPy arrays/);
  assert.match(said(bytes('\x12\x10paddle'), 'inference.pdmodel'), /^is a PaddlePaddle model: .*paddle2onnx/);
  assert.match(said(bytes('\x08\x01'), 'yolo.mlmodel'), /^is a Core ML model/);
});

test('engines of TensorRT, bare and with the length of ultralytics’ notes before them', () => {
  assert.match(
    said(bytes('ftrt\0\0\0\0')),
    /^is a TensorRT engine, which only the GPU and version that built it can read: take the/,
  );
  const notes = '{"task": "detect", "stride": 32}';
  const engine = Buffer.concat([Buffer.from([notes.length, 0, 0, 0]), Buffer.from(notes), bytes('ftrt')]);
  assert.match(said(engine), /^is a TensorRT engine/);
  assert.match(said(bytes('\x00\x01\x02\x03'), 'best.engine'), /^is a TensorRT engine/);
});

test('archives and compressed files', () => {
  assert.match(said(gzipSync('x'.repeat(1000))), /^is compressed \(gzip\): unpack it \(gunzip/);
  assert.match(said(zip('yolov8n.onnx')), /^is a ZIP archive: unpack it/);
  const tar = Buffer.alloc(1024);
  tar.write('yolov8n.onnx');
  tar.write('ustar', 257);
  assert.match(said(tar), /^is a tar archive: unpack it \(tar -xf\)/);
  assert.match(said(bytes('\x28\xb5\x2f\xfd')), /^is compressed \(zstd\)/);
});

test('folders, with the models in them', () => {
  const export_ = join(folder, 'export');
  mkdirSync(export_);
  assert.throws(() => readOutline(export_), /is a folder without an .onnx file: name the .onnx file/);
  writeFileSync(join(export_, 'best.onnx'), '');
  assert.throws(() => readOutline(export_), /is a folder: name the .onnx file in it: best.onnx/);
  const saved = join(folder, 'saved');
  mkdirSync(saved);
  writeFileSync(join(saved, 'saved_model.pb'), '');
  assert.throws(() => readOutline(saved), /is a TensorFlow SavedModel: turn it into ONNX: python -m tf2onnx.convert/);
});

test('a socket, a device, and a file that is not there', async () => {
  const socket = join(folder, 'socket');
  const server = createServer();
  await new Promise<void>((done) => server.listen(socket, done));
  assert.throws(() => readOutline(socket), /is a socket, not a file/);
  await new Promise((done) => server.close(done));
  assert.throws(() => readOutline('/dev/null'), /\/dev\/null is a device, not a file/);
  assert.throws(() => readOutline(join(folder, 'gone.onnx')), /^cannot read .*gone.onnx: there is no such file$/);
  assert.throws(() => readOutline(join(folder, 'export/best.onnx/x')), /best.onnx is not a folder/);
});

test('gigabytes of something are looked at, not read', () => {
  const file = join(folder, 'huge.onnx');
  writeFileSync(file, 'PK\x03\x04');
  truncateSync(file, 3 * 2 ** 30);
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(() => readOutline(file), /is a ZIP archive/);
  assert.ok(process.memoryUsage().arrayBuffers - before < 4 << 20);
});

test('models are models', () => {
  for (const name of ['roadside-n', 'roadside-s']) {
    assert.is(fileKind(join(PROJECT_ROOT, `models/${name}/${name}.onnx`)), null);
  }
});

test.run();
