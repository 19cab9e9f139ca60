import { resolve } from 'node:path';
import { flag, optionalText, place, readOptions, someOf, text, wholeNumber } from '../harness/options.js';
import { PEER_METHODS } from './peer.js';

const PARTS = ['int8', 'fused', 'fp16', 'pruned', 'peer', 'shipped', 'gpu', 'serving'] as const;
/** Is in no registry. */
export const YOLOX = 'yolox-nano';

const USAGE = `npm run -s bench -- models [options]

The variants that the workshop makes of a model, beside the fp32 model and beside ONNX Runtime's own quantizer: speed on
one thread, accuracy against labels and against the fp32 model. docs/benchmarks.md says how it measures.

  --models NAMES      models of the registry, and ${YOLOX} (default roadside-n,roadside-s,${YOLOX})
  --only PARTS        some of ${PARTS.join(',')}; the fp32 model is always measured
  --calibration DIR   pictures to make variants with (default ../shared/images/calibration)
  --eval DIR          labelled pictures to judge them by (default ../shared/images/eval)
  --yolox FILE        ${YOLOX} (default ../shared/models/yolox_nano_416x416.onnx)
  --python FILE       a Python with onnx and onnxruntime (default EDGE_PYTHON, else python3)
  --rounds R          rounds of the speed measurement (default 15)
  --reuse DIR         keep made models there and take them from there; empty it when src/optimize has changed
  --quick             few pictures and rounds, one pruning ratio, one method of the peer: to see that it runs
`;

const RATIOS = [0.03, 0.1, 0.2];
const ROUND_MS = 150;
const QUICK = { pictures: 24, roundMs: 50, ratios: [0.2], methods: ['MinMax:all', 'MinMax'] };

/** @throws Error naming the option that is wrong */
export function parseOptions(args: string[]) {
  const { quick, models, reuse, ...options } = readOptions(args, USAGE, {
    models: text(`roadside-n,roadside-s,${YOLOX}`),
    only: someOf(PARTS),
    calibration: place('../shared/images/calibration'),
    eval: place('../shared/images/eval'),
    yolox: place('../shared/models/yolox_nano_416x416.onnx'),
    python: optionalText,
    rounds: wholeNumber({ least: 1, usual: 15, quick: 3 }),
    reuse: optionalText,
    quick: flag,
  });
  return {
    ...options,
    models: models.split(','),
    pictures: quick ? QUICK.pictures : Number.POSITIVE_INFINITY,
    roundMs: quick ? QUICK.roundMs : ROUND_MS,
    ratios: quick ? QUICK.ratios : RATIOS,
    methods: quick ? QUICK.methods : PEER_METHODS,
    reuse: reuse === null ? null : resolve(reuse),
  };
}

export type Options = ReturnType<typeof parseOptions>;
