import {
  MAX_PROBE_BYTES,
  type ProbeAnswer,
  type ProbeOutput,
  type ProbeRun,
  type ProbeStart,
} from '../probe-messages.js';
import { extraFeeds, pictureDims, pictureInput } from './extra-inputs.js';
import { loadRefusal } from './load-refusal.js';
import { loadRuntime, type OnnxRuntime, type Ort } from './onnx-runtime.js';
import { shortReason } from './provider-ladder.js';
import { allocateTensor, chooseFill } from './tensor.js';

/*
 * A process that runs a model nobody knows yet: its graph alone, without a decoder, on the CPU. It answers with the raw
 * outputs, so that the host can look at the numbers. Whatever the model does to ONNX Runtime, it does it here.
 */

let ort: Ort;
/** The model's file. */
let modelFile = '';
let session: OnnxRuntime.InferenceSession | null = null;

async function open({ file }: ProbeStart): Promise<ProbeAnswer> {
  modelFile = file;
  ({ ort } = loadRuntime(null));
  session = await ort.InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 0,
    logSeverityLevel: 3,
    enableCpuMemArena: false,
  });
  return { outputs: [] };
}

async function run({ input, picture }: ProbeRun): Promise<ProbeAnswer> {
  const model = session!;
  const data = allocateTensor(input, 1);
  chooseFill(input)(picture, data, 0);
  const metadata = pictureInput(model, input);
  const dims = pictureDims(metadata, input, 1);
  // ONNX Runtime's own type for float16 data depends on the Node version; the bits are the same
  const tensor = new ort.Tensor(input.type, data as Float32Array, dims) as OnnxRuntime.Tensor;
  const results = await model.run({ [metadata.name]: tensor, ...extraFeeds(ort, model, input, 1) });
  return { outputs: boundedOutputs(model.outputMetadata, results) };
}

/** As a session would describe them to a decoder, with their numbers. */
function boundedOutputs(
  declared: readonly OnnxRuntime.InferenceSession.ValueMetadata[],
  results: OnnxRuntime.InferenceSession.OnnxValueMapType,
): ProbeOutput[] {
  let room = MAX_PROBE_BYTES;
  const outputs: ProbeOutput[] = [];
  for (const value of declared) {
    const { type, dims, data } = results[value.name] as OnnxRuntime.Tensor;
    if (!ArrayBuffer.isView(data)) continue; // strings: no detector's answer
    room -= data.byteLength;
    if (room < 0) throw new Error(`its outputs are larger than ${MAX_PROBE_BYTES} bytes: no detector's`);
    const rows = value.isTensor ? value.shape.at(dims.length > 1 ? -2 : 0) : undefined;
    outputs.push({ name: value.name, type, dims, varying: typeof rows === 'string', data });
  }
  return outputs;
}

async function answer(message: ProbeStart | ProbeRun): Promise<void> {
  const reply = await ('file' in message ? open(message) : run(message)).catch((error: unknown): ProbeAnswer => {
    return { refused: shortReason(loadRefusal(modelFile, error)) };
  });
  process.send!(reply);
}

process.on('message', (message: ProbeStart | ProbeRun) => void answer(message));
process.on('disconnect', () => process.exit(0));
