import { type ConfigSources, configError, type LoadedConfig, readConfig } from '../../config/load.js';
import { inspectCameras } from './cameras.js';
import { inspectCommandKeys } from './command-keys.js';
import { inspectDetector } from './detector.js';
import { inspectModel } from './model.js';
import { inspectNetwork } from './network.js';
import { inspectPlaces } from './places.js';
import type { Inspected, Remark, Weight } from './remark.js';

/** What is known of a start before anything is started. Each text begins with the dotted path that it is about. */
export interface Preflight {
  /** null where the configuration in itself cannot be used. */
  readonly loaded: LoadedConfig | null;
  /** The board whose file lies beneath; null for none. */
  readonly board: string | null;
  /** For these a start is refused. */
  readonly refusals: readonly string[];
  /** With these it would go on without a part, and tell so. */
  readonly degradations: readonly string[];
  /** What is allowed but unwise. */
  readonly warnings: readonly string[];
  /** What only the start itself can tell: whether a camera or broker answers. */
  readonly untried: readonly string[];
}

type Inspection = (inspected: Inspected) => readonly Remark[] | Promise<readonly Remark[]>;

const INSPECTIONS: readonly Inspection[] = [
  inspectModel,
  inspectCameras,
  inspectDetector,
  inspectPlaces,
  inspectNetwork,
  inspectCommandKeys,
];

/**
 * Resolves everything that a configuration names: model, variant, classes, cameras, files, folders, programs, ports. It
 * starts no process and connects to nothing. The one place that decides what is refused, for `config check` and for the
 * start of `run` alike; what is found behind a faulty value is told together with it.
 */
export async function preflight(sources: ConfigSources): Promise<Preflight> {
  const { loaded, usable, problems, warnings, board, said } = readConfig(sources);
  const here = sources.inputFiles !== 'elsewhere';
  const inspected = usable === null ? null : { ...usable, here, env: sources.env };
  const findings = inspected === null ? [] : await Promise.all(INSPECTIONS.map((inspect) => inspect(inspected)));
  const faulty = new Set(problems.flatMap(pathsOf));
  const texts = (weight: Weight) =>
    findings
      .flat()
      .filter((one) => one.weight === weight && !one.paths.some((path) => faulty.has(path)))
      .map(({ paths, text }) => `${paths.join(' and ')}: ${text}${said(...paths)}`);
  return {
    loaded,
    board,
    refusals: [...problems, ...texts('refuses')],
    degradations: texts('degrades').map((text) => `${text}; run starts all the same, without it`),
    warnings: [...warnings, ...texts('advice')],
    untried: texts('untried'),
  };
}

/** `a.b and c: expected …` is about a.b and c. */
function pathsOf(problem: string): string[] {
  return problem.slice(0, Math.max(0, problem.indexOf(': '))).split(' and ');
}

/**
 * The configuration to start with.
 * @throws ConfigError with everything that keeps it from starting, and what would be missing if it did
 */
export function cleared({ loaded, refusals, degradations }: Preflight, file: string | undefined): LoadedConfig {
  if (loaded === null || refusals.length > 0) throw configError(file, [...refusals, ...degradations]);
  return loaded;
}
