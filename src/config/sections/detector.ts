import { z } from '../../foundation/validate.js';
import { flag, identifier, int, text } from '../key-types.js';

/** Execution providers of ONNX Runtime that a ladder may name. */
export const PROVIDERS = ['tensorrt', 'cuda', 'webgpu', 'coreml', 'qnn', 'dml', 'cpu'] as const;

const provider = z
  .strictObject({
    name: z.enum(PROVIDERS).meta({ description: 'Execution provider.' }),
    options: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .default({})
      .meta({
        description:
          'Passed to the provider as they are. The Node binding knows deviceId (cuda, tensorrt), coreMlFlags, and the options of webgpu and qnn; it ignores others.',
      }),
  })
  .meta({ description: 'One rung of the provider ladder.' });

function ladder(description: string) {
  return z
    .array(z.union([z.enum(PROVIDERS).transform((name) => ({ name, options: {} })), provider]))
    .min(1)
    .meta({ description });
}

/** Runs the model in workers of its own kind; what is not said is as in the plain keys of `detector`. */
const pool = z
  .strictObject({
    name: identifier({ description: 'Name of the pool in status and metrics; unique.' }),
    providers: ladder('Execution providers of this pool, first choice first.').optional(),
    variant: text({
      description:
        'Another variant of the same model, with the same classes; its input may have another size. Default: model.variant, and where that is default, the first made for the first provider of the pool.',
    }).optional(),
    workers: int(1, 16, { unit: 'processes', description: 'Detector processes of this pool.' }).default(1),
    intraOpThreads: int(1, 64, {
      unit: 'threads',
      description: 'Threads one session uses inside an operator.',
    }).optional(),
    maxBatch: int(1, 64, {
      unit: 'frames',
      description: 'Frames that one of its workers infers together at most; default: schedule.maxBatch.',
    }).optional(),
    command: z.array(z.string()).min(1).optional().meta({
      description: 'A program that speaks the worker protocol on fd 3, instead of the built-in worker.',
    }),
    socket: text({ description: 'A Unix socket on which a running detector speaks the worker protocol.' }).optional(),
    binding: text({ description: 'Folder of a self-built onnxruntime-node for this pool.' }).optional(),
    env: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: 'Environment variables for its worker processes, instead of those of detector.env.' }),
  })
  .meta({ description: 'Workers that are alike.' });

/** `detector`: the worker processes that run the model. */
export const detector = z.strictObject({
  command: z.array(z.string()).min(1).optional().meta({
    description:
      'A program that speaks the worker protocol on fd 3, instead of the built-in worker: [python3, my_worker.py].',
  }),
  socket: text({
    description: 'A Unix socket on which a running detector speaks the worker protocol, instead of a child process.',
  }).optional(),
  workers: int(1, 16, { unit: 'processes', description: 'Detector processes side by side.' }).default(1),
  intraOpThreads: int(1, 64, { unit: 'threads', description: 'Threads one session uses inside an operator.' }).default(
    1,
  ),
  providers: ladder(
    'Execution providers, first choice first; the first that loads and runs the model is used, each refusal is reported with its reason. A name, or {name, options}.',
  ).prefault(['cpu']),
  pools: z.array(pool).max(8).default([]).meta({
    description:
      'Workers of different kinds side by side (docs/batching.md). Empty: one pool, named default, of the plain keys.',
  }),
  arena: flag({ description: "ONNX Runtime's CPU memory arena: faster, holds on to its peak." }).default(true),
  memoryPattern: flag({ description: 'Plan one allocation per input shape.' }).default(true),
  spinning: flag({
    description: 'Let idle intra-op threads spin: a little faster, burns CPU and heats the board.',
  }).default(false),
  binding: text({
    description:
      'Folder of a self-built onnxruntime-node (CUDA/TensorRT on Jetson: docs/jetson.md) to load instead of the stock package.',
  }).optional(),
  compiledArtifacts: z.enum(['auto', 'on', 'off']).default('auto').meta({
    description:
      "Keep what a start has compiled under store.dir/artifacts for the next one: auto TensorRT's engines only, on also the CPU's optimized graphs (docs/profile.md).",
  }),
  artifactBytes: int(2 ** 20, 2 ** 40, {
    unit: 'bytes',
    description: 'Budget of the compiled artifacts; the least recently used go first.',
  }).default(2 ** 30),
  env: z.record(z.string(), z.string()).default({}).meta({
    description:
      'Environment variables for the worker process (e.g. LD_LIBRARY_PATH, VK_DRIVER_FILES), which the loader needs before it starts.',
  }),
  deadlineMs: int(50, 600_000, {
    unit: 'ms',
    description: 'A worker that has not answered a frame after this is stuck: it is killed and restarted.',
  }).default(5000),
  loadDeadlineMs: int(1000, 3_600_000, {
    unit: 'ms',
    description: 'Time allowed to load and warm up a model (TensorRT builds engines here).',
  }).default(120_000),
  restartsPerMinute: int(1, 60, {
    unit: 'restarts',
    description: 'More restarts than this in 60 s means unhealthy: it is then tried only every slowRetryMs.',
  }).default(5),
  slowRetryMs: int(100, 3_600_000, { unit: 'ms', description: 'Pause between tries once unhealthy.' }).default(30_000),
});
