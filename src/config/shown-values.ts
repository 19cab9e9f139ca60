import { maskCredentials } from '../foundation/log.js';
import { isSecretName, maskArguments } from '../foundation/secret-values.js';
import type { Config } from './config.js';
import type { ValueOrigin } from './layers.js';
import { type Leaf, leavesOf } from './origins.js';

/** A value of a configuration as it may be shown. */
export interface ShownValue {
  /** `cameras.0.url`. */
  readonly key: string;
  /** Secrets are `***`, as are credentials within it. */
  readonly value: unknown;
  /** Where it came from; `default` where nobody said it. */
  readonly origin: ValueOrigin;
}

/** Every value that is set, in the order of the schema. @param origins as `LoadedConfig` has them */
export function shownValues(config: Config, origins: ReadonlyMap<string, ValueOrigin>): ShownValue[] {
  return leavesOf(config).map((leaf) => {
    const key = leaf.path.join('.');
    return { key, value: masked(leaf), origin: origins.get(key) ?? 'default' };
  });
}

function masked({ node, path, value }: Leaf): unknown {
  if (node.secret || mayHoldSecret(path)) return '***';
  if (typeof value === 'string') return maskCredentials(value);
  const isText = Array.isArray(value) && value.every((item) => typeof item === 'string');
  return isText ? maskArguments(value, maskCredentials) : value;
}

/** The worker's environment may carry a key of a program that this one knows nothing of. */
function mayHoldSecret(path: readonly string[]): boolean {
  return path[0] === 'detector' && path[1] === 'env' && isSecretName(path[2] ?? '');
}
