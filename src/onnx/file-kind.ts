import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { archiveKind } from './archive-kind.js';
import type { FileKind } from './kind.js';
import { textKind } from './text-kind.js';

/** What is read of a file's two ends, in bytes. */
const END_BYTES = 64 << 10;
/** No model is smaller: a graph of one node takes more. */
const LEAST_BYTES = 16;

const AGAIN = 'copy or download it again';
const EXPORT = 'export it to ONNX with the program it was trained with';
const YOLO_EXPORT = 'export it: yolo export model=FILE.pt format=onnx';

/** Formats that begin with bytes of their own: where these are, as latin1, what it is. */
const MAGIC: readonly (readonly [number, string, FileKind])[] = [
  [4, 'TFL3', { is: 'is a TensorFlow Lite model', todo: `${EXPORT} (tf2onnx --tflite does it for many)` }],
  [
    4,
    'ORTM',
    {
      is: "is in ONNX Runtime's own format, which only the version that wrote it is sure to read",
      todo: 'take the .onnx file that it was made of',
    },
  ],
  [
    0,
    '\x89HDF\r\n\x1a\n',
    { is: 'is an HDF5 file, as Keras keeps weights', todo: `${EXPORT} (tf2onnx does it for Keras)` },
  ],
  [0, 'RKNN', { is: 'is a model for a Rockchip NPU', todo: 'take the .onnx file that it was made of' }],
  [0, '\x01HEF', { is: 'is a model for a Hailo accelerator', todo: 'take the .onnx file that it was made of' }],
  [0, '\x93NUMPY', { is: 'is an array of NumPy', todo: EXPORT }],
  [0, '%PDF', { is: 'is a PDF document', todo: 'take the model itself' }],
  [0, '\xff\xd8\xff', { is: 'is a JPEG picture', todo: 'take the model itself' }],
  [0, '\x89PNG', { is: 'is a PNG picture', todo: 'take the model itself' }],
  [4, 'ftyp', { is: 'is a film', todo: 'take the model itself' }],
  [0, '\x7fELF', { is: 'is a program or library', todo: 'take the model itself' }],
  [0, 'ftrt', engine()],
  [0, 'ptrt', engine()],
];

/** Formats that look like ONNX from within, since they are protobuf as well: known by their names only. */
const ENDINGS = new Map<string, FileKind>([
  [
    '.pdmodel',
    { is: 'is a PaddlePaddle model', todo: 'turn it into ONNX: paddle2onnx --model_dir FOLDER --save_file model.onnx' },
  ],
  [
    '.pdiparams',
    {
      is: 'holds the weights of a PaddlePaddle model',
      todo: 'turn it into ONNX: paddle2onnx --model_dir FOLDER --save_file model.onnx',
    },
  ],
  ['.mlmodel', { is: 'is a Core ML model', todo: `${YOLO_EXPORT}, or ${EXPORT}` }],
  [
    '.pb',
    {
      is: 'is a TensorFlow graph',
      todo: 'turn it into ONNX: python -m tf2onnx.convert --graphdef FILE --output model.onnx',
    },
  ],
  ['.caffemodel', { is: 'is a Caffe model', todo: EXPORT }],
  ['.weights', { is: 'is a Darknet model', todo: `${EXPORT} (pytorch-YOLOv4 turns .cfg and .weights into ONNX)` }],
  ['.bin', { is: 'may be the weights of an OpenVINO or ncnn model', todo: 'take the .onnx file that it was made of' }],
  ['.engine', engine()],
  ['.plan', engine()],
  ['.trt', engine()],
  [
    '.data',
    {
      is: 'may be the weights that lie beside an ONNX model',
      todo: 'name the .onnx file; its data are found beside it',
    },
  ],
]);

/**
 * What a file is that cannot be read as an ONNX model, by a look at its two ends; null where it might be one.
 * @throws as the file system does, where it is there and cannot be read
 */
export function fileKind(file: string): FileKind | null {
  const stats = statSync(file);
  if (!stats.isFile()) return notAFile(file, stats);
  if (stats.size === 0) return { is: 'is empty', todo: AGAIN };
  const { head, tail } = readEnds(file, stats.size);
  const magic = MAGIC.find(([at, bytes]) => head.toString('latin1', at, at + bytes.length) === bytes);
  return (
    magic?.[2] ??
    lengthFirst(head, stats.size) ??
    archiveKind(head, tail) ??
    pickle(head) ??
    textKind(head, stats.size) ??
    tooShort(stats.size) ??
    (head.every((byte) => byte === 0) ? { is: 'begins with nothing but zeros', todo: AGAIN } : null)
  );
}

/** What a file's name says, where its bytes say nothing. */
export function kindByName(file: string): FileKind | null {
  return ENDINGS.get(extname(file).toLowerCase()) ?? null;
}

/** `FILE is a web page: download the file itself`; null where it might be an ONNX model. */
export function namedKind(file: string): string | null {
  try {
    const kind = fileKind(file);
    return kind && `${file} ${kind.is}: ${kind.todo.replace('FILE.pt', exportable(file))}`;
  } catch {
    return null;
  }
}

function tooShort(size: number): FileKind | null {
  return size < LEAST_BYTES ? { is: `has only ${size} bytes`, todo: AGAIN } : null;
}

/** The name that stands in the command which exports it. */
function exportable(file: string): string {
  return /\.pth?$/i.test(file) ? basename(file) : 'FILE.pt';
}

function engine(): FileKind {
  return {
    is: 'is a TensorRT engine, which only the GPU and version that built it can read',
    todo: 'take the .onnx file that it was built from (yolo export model=FILE.pt format=onnx); the cuda and tensorrt providers take that',
  };
}

function notAFile(file: string, stats: Stats): FileKind {
  if (!stats.isDirectory()) {
    const what = stats.isSocket() ? 'a socket' : stats.isFIFO() ? 'a pipe' : 'a device';
    return { is: `is ${what}, not a file`, todo: 'name the .onnx file' };
  }
  const names = readdirSync(file);
  const models = names.filter((name) => name.toLowerCase().endsWith('.onnx'));
  if (models.length > 0)
    return { is: 'is a folder', todo: `name the .onnx file in it: ${models.slice(0, 5).join(', ')}` };
  if (names.includes('saved_model.pb')) {
    return {
      is: 'is a TensorFlow SavedModel',
      todo: `turn it into ONNX: python -m tf2onnx.convert --saved-model ${file} --output model.onnx`,
    };
  }
  if (file.endsWith('.mlpackage') || names.includes('Manifest.json')) {
    return { is: 'is a Core ML package', todo: `${YOLO_EXPORT}, or ${EXPORT}` };
  }
  return { is: 'is a folder without an .onnx file', todo: 'name the .onnx file' };
}

/** Formats that begin with the length of a JSON text: safetensors with 8 bytes, ultralytics' engines with 4. */
function lengthFirst(head: Buffer, size: number): FileKind | null {
  if (head.length < LEAST_BYTES) return null;
  const long = head.readBigUInt64LE(0);
  if (head.toString('latin1', 8, 10) === '{"' && long >= 2n && long < BigInt(size)) {
    return { is: 'holds weights without a graph (safetensors)', todo: EXPORT };
  }
  const short = head.readUInt32LE(0);
  return head.toString('latin1', 4, 6) === '{"' && short < size ? engine() : null;
}

/** What Python's pickle writes, and torch before version 1.6. */
function pickle(head: Buffer): FileKind | null {
  const isPickle =
    head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5 && '}](c\x8a\x95'.includes(String.fromCharCode(head[2]!));
  return isPickle ? { is: 'is a PyTorch model (a pickle)', todo: `${YOLO_EXPORT}, or torch.onnx.export` } : null;
}

function readEnds(file: string, size: number): { head: Buffer; tail: Buffer } {
  const descriptor = openSync(file, 'r');
  try {
    const length = Math.min(size, END_BYTES);
    const head = Buffer.alloc(length);
    const tail = Buffer.alloc(length);
    const read = readSync(descriptor, head, 0, length, 0);
    readSync(descriptor, tail, 0, length, size - length);
    return { head: head.subarray(0, read), tail };
  } finally {
    closeSync(descriptor);
  }
}
