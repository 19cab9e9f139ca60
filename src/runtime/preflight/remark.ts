import type { Config } from '../../config/config.js';

/**
 * What a finding means for a start: it is refused; it goes on without a part, which says so itself; it goes on, and a
 * person should know; or only the start itself can tell.
 */
export type Weight = 'refuses' | 'degrades' | 'advice' | 'untried';

/** One thing that was found out about a configuration before anything is started. */
export interface Remark {
  readonly weight: Weight;
  /** Dotted paths that it concerns. */
  readonly paths: readonly string[];
  /** `expected X, got Y`; of what was not tried, what is still to be found out. */
  readonly text: string;
}

/** Which configuration is looked at, and where. */
export interface Inspected {
  readonly config: Config;
  /** The place of each camera in the configuration as written. */
  readonly cameraIndexes: readonly number[];
  /** Whether this machine is the one that it is for: its files, ports, programs and processor are looked at. */
  readonly here: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export function remark(weight: Weight, path: string | readonly string[], text: string): Remark {
  return { weight, paths: typeof path === 'string' ? [path] : path, text };
}
