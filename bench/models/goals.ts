import { atLeast } from '../harness/goal.js';
import type { Goal } from '../harness/report.js';
import type { Kind } from './contender.js';

/** What was measured of one contender; shares and speeds are those of its parent. */
export interface Result {
  readonly model: string;
  readonly contender: string;
  readonly kind: Kind;
  /** Frame bytes to boxes, times the parent's speed. */
  readonly frameX: number;
  /** Letterboxed bytes to boxes, times the parent's speed. */
  readonly detectX: number;
  /** Inference alone, times the parent's speed. */
  readonly inferX: number;
  readonly ap50Share: number | null;
  readonly ap5095Share: number | null;
  readonly claimed: number | null;
}

/** What a model's int8 and the peer's best differ by through luck: a standard deviation, in shares of the parent's. */
export interface PeerNoise {
  readonly model: string;
  readonly ap50: number;
  readonly ap5095: number;
}

/** The fused path on one provider. */
export interface GpuResult {
  readonly model: string;
  readonly provider: string;
  /** Times the speed of the float-in, raw-out path. */
  readonly fusedX: number;
}

/** Times the parent's speed: the inference in int8, and bytes to boxes with input and output fused. */
const TARGETS: Readonly<Record<string, { readonly int8: number; readonly fused: number }>> = {
  'roadside-n': { int8: 2.1, fused: 2.6 },
  'roadside-s': { int8: 2.8, fused: 3.2 },
};
const AP50 = 0.99;
const PRUNED_AP50 = 0.98;
/** Of the peer's methods, those that differ by less in their share of AP50 are equally accurate. */
const SAME_AP50 = 0.005;
/** What a median over the rounds moves by from run to run. */
const SAME_SPEED = 0.02;
/** What a claim may be too high by. */
const CLAIM = 0.01;
const GPU = 5;

/** Everything that was measured. */
export interface Outcome {
  readonly results: readonly Result[];
  readonly noise: readonly PeerNoise[];
  readonly onGpu: readonly GpuResult[];
}

/** @param models the models that were to be measured */
export function goals(models: readonly string[], { results, noise, onGpu }: Outcome): Goal[] {
  return models.flatMap((model) => {
    const targets = TARGETS[model];
    if (!targets) return [];
    const own = results.filter((result) => result.model === model);
    const luck = noise.find((one) => one.model === model) ?? null;
    return [
      ...speedGoals(model, own, targets),
      ...peerGoals(model, own, luck),
      ...claims(model, own),
      ...gpuGoals(model, onGpu),
    ];
  });
}

/** The fastest of the pruned ones that kept their accuracy; null where none did. */
export function bestPruned(results: readonly Result[]): Result | null {
  return fastest(results.filter(({ kind, ap50Share }) => kind === 'pruned' && (ap50Share ?? 0) >= PRUNED_AP50));
}

/** For a reader: what pruning is worth, beside int8 alone. */
export function prunedNote(model: string, results: readonly Result[]): string | null {
  const own = results.filter((result) => result.model === model);
  if (!own.some(({ kind }) => kind === 'pruned')) return null;
  const best = bestPruned(own);
  const int8 = own.find(({ contender }) => contender === 'int8');
  const found = best
    ? `${best.contender}, ${times(best.frameX)} fp32's frames at ${best.ap50Share!.toFixed(3)}`
    : 'none has it';
  const beside = int8 ? `; int8 without pruning ${times(int8.frameX)}` : '';
  return `${model}, structured pruning: best speed at >= ${PRUNED_AP50} of AP50: ${found}${beside}`;
}

function speedGoals(
  model: string,
  own: readonly Result[],
  targets: { readonly int8: number; readonly fused: number },
): Goal[] {
  const int8 = own.find(({ contender }) => contender === 'int8');
  const fused = own.find(({ contender }) => contender === 'int8-fused');
  return [
    atLeast(`${model} int8: inference, times fp32's speed`, int8?.inferX ?? null, targets.int8),
    atLeast(`${model} int8: AP50, of fp32's`, int8?.ap50Share ?? null, AP50),
    atLeast(
      `${model} int8 fused: letterboxed bytes to boxes, times fp32's speed`,
      fused?.detectX ?? null,
      targets.fused,
    ),
    atLeast(`${model} int8 fused: a camera's frame to boxes, times fp32's speed`, fused?.frameX ?? null, targets.fused),
    atLeast(`${model} int8 fused: AP50, of fp32's`, fused?.ap50Share ?? null, AP50),
  ];
}

/** Against the quantization that the peer's user would choose. */
function peerGoals(model: string, own: readonly Result[], noise: PeerNoise | null): Goal[] {
  const ours = own.find(({ contender }) => contender === 'int8');
  const peer = bestPeer(own);
  const against = peer?.contender ?? "ONNX Runtime's best";
  const gap = (share: 'ap50Share' | 'ap5095Share'): number | null => {
    const [a, b] = [ours?.[share] ?? null, peer?.[share] ?? null];
    return a === null || b === null ? null : a - b;
  };
  const faster = ours && peer ? ours.inferX / peer.inferX : null;
  return [
    atLeast(`${model} int8: share of AP50, less that of ${against}`, gap('ap50Share'), -(noise?.ap50 ?? 0)),
    atLeast(`${model} int8: share of AP50:95, less that of ${against}`, gap('ap5095Share'), -(noise?.ap5095 ?? 0)),
    atLeast(`${model} int8: inference, times the speed of ${against}`, faster, 1 - SAME_SPEED),
  ];
}

/** The most accurate of the peer's methods; of those that are as accurate, the fastest. */
export function bestPeer(results: readonly Result[]): Result | null {
  const peers = results.filter(({ kind, ap50Share }) => kind === 'peer' && ap50Share !== null);
  const most = Math.max(...peers.map(({ ap50Share }) => ap50Share!));
  return fastest(
    peers.filter(({ ap50Share }) => ap50Share! >= most - SAME_AP50),
    ({ inferX }) => inferX,
  );
}

/** What is shipped is what is claimed. */
function claims(model: string, own: readonly Result[]): Goal[] {
  const gaps = own.flatMap(({ kind, claimed, ap50Share }) =>
    kind === 'shipped' && claimed !== null && ap50Share !== null ? [ap50Share - claimed] : [],
  );
  const worst = gaps.length === 0 ? null : Math.min(...gaps);
  return [atLeast(`${model} shipped: share of AP50, less what its manifest claims, worst variant`, worst, -CLAIM)];
}

function gpuGoals(model: string, onGpu: readonly GpuResult[]): Goal[] {
  const own = onGpu.filter((result) => result.model === model);
  const name = (where: string) => `${model} fused on ${where}, batch 32: times the speed of float in and raw out`;
  if (own.length === 0) return [atLeast(name('a GPU'), null, GPU)];
  return own.map(({ provider, fusedX }) => atLeast(name(provider), fusedX, GPU));
}

function fastest(results: readonly Result[], speed = ({ frameX }: Result): number => frameX): Result | null {
  return results.reduce<Result | null>((best, one) => (best && speed(best) >= speed(one) ? best : one), null);
}

const times = (factor: number): string => `${factor.toFixed(2)} ×`;
