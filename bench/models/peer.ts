import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { type CandidateFile, fileAt } from '../../src/optimize/workshop/candidate.js';
import { type FrameSet, modelInputs } from '../../src/pictures/frame-set.js';
import { outputOf } from '../harness/output-of.js';
import { lastWords } from '../peers/contender.js';
import type { Subject } from './subject.js';

const SCRIPT = join(PROJECT_ROOT, 'bench/models/peer_quantizer.py');
const NEEDED =
  'import numpy, onnx, onnxruntime, onnxruntime.quantization as q; print(onnx.__version__, onnxruntime.__version__)';
const TIMEOUT_MS = 1_800_000;
const IMPORT_MS = 60_000;

/** Ways of the peer to find the ranges of values; `all`: the decoding of boxes is quantized as well, as by default. */
export const PEER_METHODS = ['MinMax:all', 'MinMax', 'Entropy', 'Percentile'] as const;

/** A Python that has ONNX Runtime's quantizer. */
export interface Python {
  readonly path: string;
  /** For a note. */
  readonly versions: string;
}

/** A quantized file of the peer's, or why there is none. */
export type PeerResult =
  | { readonly method: string; readonly file: CandidateFile; readonly seconds: number }
  | { readonly method: string; readonly error: string };

/** @param given on the command line @throws Error that says what to install */
export async function findPython(given: string | null): Promise<Python> {
  const path = given ?? process.env['EDGE_PYTHON'] ?? 'python3';
  try {
    const { stdout } = await outputOf([path, '-c', NEEDED], IMPORT_MS);
    const [onnx = '', onnxruntime = ''] = stdout.trim().split(' ');
    return { path, versions: `onnx ${onnx}, onnxruntime ${onnxruntime}` };
  } catch (error) {
    throw new Error(
      `${path} has no ONNX Runtime with its quantizer (${lastWords(error)}): pip install onnx onnxruntime in a virtual environment, and name its Python with --python or EDGE_PYTHON`,
    );
  }
}

/**
 * Has a model quantized by the peer, calibrated on these pictures, letterboxed and laid out by this program.
 * @param folder for its files
 */
export async function quantizeByPeer(
  { path }: Python,
  { file, request }: Subject,
  pictures: FrameSet,
  methods: readonly string[],
  folder: string,
): Promise<PeerResult[]> {
  const inputs = join(folder, 'inputs');
  mkdirSync(inputs, { recursive: true });
  try {
    const dims = await writeInputs(modelInputs(pictures, request, 'picture'), inputs);
    const given = { model: file, inputs, dims: dims.join(','), methods: methods.join(','), output: folder };
    const args = Object.entries(given).map(([name, value]) => `--${name}=${value}`);
    const { stdout } = await outputOf([path, SCRIPT, ...args], TIMEOUT_MS);
    const answers = stdout.split('\n').filter((line) => line.startsWith('{'));
    return await Promise.all(answers.map((line) => resultOf(JSON.parse(line))));
  } catch (error) {
    throw new Error(`ONNX Runtime's quantizer failed: ${lastWords(error)}`);
  } finally {
    rmSync(inputs, { recursive: true, force: true });
  }
}

async function writeInputs(inputs: ReturnType<typeof modelInputs>, folder: string): Promise<readonly number[]> {
  let dims: readonly number[] = [];
  for (let index = 0; index < inputs.count; index++) {
    const tensor = (await inputs.read(index)).get('picture')!;
    dims = tensor.dims;
    writeFileSync(join(folder, `${index}.f32`), tensor.bytes);
  }
  return dims;
}

async function resultOf(answer: {
  method: string;
  file?: string;
  seconds?: number;
  error?: string;
}): Promise<PeerResult> {
  const { method, file, seconds = 0, error = 'it wrote no file' } = answer;
  return file === undefined ? { method, error } : { method, file: await fileAt(file), seconds };
}
