import type { ProviderConfig, ProviderName } from '../../config/config.js';
import { EdgeError, explain, ModelError } from '../../foundation/errors.js';
import type { ProviderRefusal } from '../detector.js';
import { plainAcceleratorRefusal } from './accelerator-refusal.js';

/** One kernel that ran: which ONNX Runtime provider had it, and the operator's name. */
export interface PlacedNode {
  readonly provider: string;
  readonly op: string;
}

/** ONNX Runtime's own names, as its profile writes them. */
const RUNTIME_NAMES: Readonly<Record<ProviderName, string>> = {
  tensorrt: 'TensorrtExecutionProvider',
  cuda: 'CUDAExecutionProvider',
  webgpu: 'WebGpuExecutionProvider',
  coreml: 'CoreMLExecutionProvider',
  qnn: 'QNNExecutionProvider',
  dml: 'DmlExecutionProvider',
  cpu: 'CPUExecutionProvider',
};

/** Providers that fuse a whole stretch of the model into one kernel with a name of their own. */
const FUSING: readonly ProviderName[] = ['tensorrt', 'coreml', 'qnn'];

/** Operators in which a detector spends its time. */
const HEAVY = /Conv|MatMul|Gemm|Attention/;

/**
 * Tries the rungs in order; the first that loads is used, every other is remembered with its reason.
 * @throws ModelError that lists every rung with its own reason, when none loads; not permanent where an accelerator that
 *   this build has failed
 */
export async function climb<T>(
  rungs: readonly ProviderConfig[],
  attempt: (rung: ProviderConfig) => Promise<T>,
): Promise<{ loaded: T; rung: ProviderConfig; refused: ProviderRefusal[] }> {
  const refused: ProviderRefusal[] = [];
  let permanent = true;
  for (const rung of rungs) {
    try {
      return { loaded: await attempt(rung), rung, refused };
    } catch (error) {
      refused.push({ provider: rung.name, reason: shortReason(error) });
      // what the CPU cannot run it never will; an accelerator may be busy, or its driver not up yet
      permanent &&= rung.name === 'cpu' || (error instanceof EdgeError && error.permanent);
    }
  }
  const reasons = refused.map((refusal) => `\n  ${refusal.provider}: ${refusal.reason}`);
  const message = `no execution provider could load and run the model:${reasons.join('')}`;
  throw new ModelError(message, undefined, undefined, permanent);
}

/**
 * What ONNX Runtime is given for one rung: the provider itself and, behind TensorRT, CUDA if the ladder has it, for the
 * operators TensorRT does not know. ONNX Runtime always adds the CPU at the end.
 */
export function sessionProviders(rung: ProviderConfig, ladder: readonly ProviderConfig[]): ProviderConfig[] {
  const cuda = rung.name === 'tensorrt' ? ladder.find((other) => other.name === 'cuda') : undefined;
  return cuda ? [rung, cuda] : [rung];
}

/** Why this build of ONNX Runtime cannot have a provider at all, null if it can. */
export function missingFromBuild(name: ProviderName, supported: readonly string[], platform: string): string | null {
  if (supported.includes(name)) return null;
  const fix = platform === 'linux arm64' ? 'docs/jetson.md tells how to build one that has' : 'see docs/gpu.md';
  return `this onnxruntime-node for ${platform} has no ${name} (it has ${supported.join(', ')}); ${fix}`;
}

/** Options that onnxruntime-node takes no notice of, so that nobody believes in them. */
export function ignoredOptions(rung: ProviderConfig): string[] {
  if (rung.name !== 'cuda' && rung.name !== 'tensorrt') return [];
  return Object.keys(rung.options).filter((option) => option !== 'deviceId');
}

/**
 * Whether a provider did the work it was asked to do, from the kernels of one run; ONNX Runtime silently leaves to the
 * CPU what a provider does not take.
 * @returns why it counts as not in use, or null
 */
export function notReallyInUse(name: ProviderName, nodes: readonly PlacedNode[]): string | null {
  if (name === 'cpu') return null;
  const own = nodes.filter((node) => node.provider === RUNTIME_NAMES[name]);
  const onCpu = nodes.filter((node) => node.provider === RUNTIME_NAMES.cpu);
  const heavyOnCpu = onCpu.filter((node) => HEAVY.test(node.op)).length;
  const work = FUSING.includes(name) ? own.length : own.filter((node) => HEAVY.test(node.op)).length;
  if (own.length > 0 && heavyOnCpu <= work) return null;
  return `the session was made, but ran ${onCpu.length} of ${nodes.length} kernels on the CPU (${heavyOnCpu} of them convolutions or matrix products) and ${own.length} on ${name}`;
}

/** The kernels named in an ONNX Runtime profile (its JSON text). */
export function placedNodes(profile: string): PlacedNode[] {
  const events = JSON.parse(profile) as { cat?: string; args?: { provider?: string; op_name?: string } }[];
  const nodes: PlacedNode[] = [];
  for (const { cat, args } of events) {
    if (cat === 'Node' && args?.provider) nodes.push({ provider: args.provider, op: args.op_name ?? '' });
  }
  return nodes;
}

/** What a failure comes to, or its first line: at most 300 characters, without ONNX Runtime's source positions. */
export function shortReason(error: unknown): string {
  const text = explain(error);
  const line =
    plainAcceleratorRefusal(text) ?? text.split('\n').find((part) => part.trim() !== '') ?? 'no reason given';
  const plain = line.replace(/\/onnxruntime_src\/\S+:\d+ /g, '').trim();
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}
