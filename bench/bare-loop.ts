import * as ort from 'onnxruntime-node';

/*
 * The rival of the `pipeline` benchmark, in a process of its own: session.run and nothing else, again and again on one
 * tensor. Arguments: FILE WIDTH HEIGHT THREADS RUNS LAYOUT TYPE. Prints the milliseconds of all runs.
 */

const [file, width, height, threads, runs, layout, type] = process.argv.slice(2);
const session = await ort.InferenceSession.create(file!, {
  intraOpNumThreads: Number(threads),
  interOpNumThreads: 1,
  executionMode: 'sequential',
  extra: { session: { intra_op: { allow_spinning: '0' } } },
});
const [w, h] = [Number(width), Number(height)];
const values = 3 * w * h;
const dims = layout === 'nhwc' ? [1, h, w, 3] : [1, 3, h, w];
const tensor =
  type === 'uint8'
    ? new ort.Tensor('uint8', new Uint8Array(values).fill(114), dims)
    : new ort.Tensor('float32', new Float32Array(values).fill(114), dims);
const feeds = { [session.inputNames[0]!]: tensor };
// like the pipeline's own session: outputs are written in place after the first run
const outputs = await session.run(feeds);
for (let i = 0; i < 20; i++) await session.run(feeds, outputs);
const started = performance.now();
for (let i = 0; i < Number(runs); i++) await session.run(feeds, outputs);
process.stdout.write(`${performance.now() - started}\n`);
