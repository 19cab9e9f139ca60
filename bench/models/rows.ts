import type { Cell } from '../harness/report.js';
import { round } from '../harness/statistics.js';
import type { Accuracy } from './accuracy.js';
import type { Contender } from './contender.js';
import type { Result } from './goals.js';
import type { GpuSpeed } from './gpu.js';
import type { Speed } from './speed.js';

export type Row = Readonly<Record<string, Cell>>;

/** What goals are judged by. */
export function resultOf(model: string, { name, kind, claimed }: Contender, speed: Speed, accuracy: Accuracy): Result {
  const { frameX, detectX, inferX } = speed;
  const { ap50Share, ap5095Share } = accuracy;
  return { model, contender: name, kind, frameX, detectX, inferX, ap50Share, ap5095Share, claimed };
}

/** A line of the table: one contender on the CPU. */
export function rowOf(model: string, contender: Contender, speed: Speed, accuracy: Accuracy): Row {
  const { name, request, bytes, seconds, claimed } = contender;
  return {
    ...head(model, name, request, bytes),
    frameMs: round(speed.frameMs),
    frameX: round(speed.frameX),
    detectMs: round(speed.detectMs),
    detectX: round(speed.detectX),
    inferMs: round(speed.inferMs),
    inferX: round(speed.inferX),
    ap50: rounded(accuracy.ap50),
    ap50Of: rounded(accuracy.ap50Share),
    ap5095: rounded(accuracy.ap5095),
    ap5095Of: rounded(accuracy.ap5095Share),
    f1: round(accuracy.f1),
    claimed,
    madeS: seconds === null ? null : Math.round(seconds),
  };
}

/** A line of the table: one contender on an accelerator, in milliseconds per picture of a batch. */
export function gpuRowOf(
  model: string,
  provider: string,
  { name, request, bytes }: Contender,
  { batchMs, batchX }: GpuSpeed,
  batch: number,
): Row {
  return {
    ...head(model, `${name} on ${provider}, batch ${batch}`, request, bytes),
    detectMs: round(batchMs / batch),
    detectX: round(batchX),
  };
}

function head(model: string, name: string, { input }: Contender['request'], bytes: number): Row {
  return { contender: `${model} ${name}`, size: `${input.width}x${input.height}`, MiB: round(bytes / 2 ** 20) };
}

const rounded = (value: number | null): number | null => value && round(value);
