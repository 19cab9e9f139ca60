import { type ConfigSources, configError, type LoadedConfig, loadConfig } from '../config/load.js';
import { type ShownValue, shownValues } from '../config/shown-values.js';
import { ConfigError } from '../foundation/errors.js';
import { maskCredentials } from '../foundation/log.js';
import { preflight } from '../runtime/preflight/preflight.js';
import { UNUSABLE } from './exit-codes.js';
import { print, printJson } from './print.js';

export interface CheckConfigOptions {
  /** The site's file. */
  readonly file: string;
  readonly board?: string;
  /** One JSON object instead of text. */
  readonly json?: boolean;
  /** False: the configuration is for another machine. What lies on that one's disk is left out. */
  readonly files?: boolean;
}

export interface ShowConfigOptions {
  /** The site's file. */
  readonly config?: string;
  readonly board?: string;
  /** Leave out what has its default. */
  readonly changed?: boolean;
  /** One JSON object instead of a table. */
  readonly json?: boolean;
}

const WIDEST_VALUE = 60;

/**
 * `config check FILE`: reports every problem of a start with `FILE` on this machine, its board and its environment
 * included, and what only a start can tell. @returns the exit code: 2 if there is a problem
 */
export async function checkConfig(options: CheckConfigOptions): Promise<number> {
  const { file, json } = options;
  const inputFiles = options.files === false ? 'elsewhere' : 'here';
  const { board, refusals, degradations, warnings, untried } = await preflight({
    ...sourcesOf(file, options.board),
    inputFiles,
  });
  const problems = [...refusals, ...degradations].map(maskCredentials);
  const ok = problems.length === 0;
  if (json) printJson({ file, ok, board, problems, warnings, untried });
  else {
    for (const warning of warnings) print(`warning: ${warning}`);
    for (const one of untried) print(`not tried: ${one}`);
    if (inputFiles === 'elsewhere') print('not looked at: files, folders, programs, ports and the processor');
    if (ok) print(`${file}: ok (board: ${board ?? 'none'})`);
    else if (refusals.length > 0) throw configError(file, problems);
    else throw new ConfigError(`With the configuration ${file} run starts, but not with all of it`, problems);
  }
  return ok ? 0 : UNUSABLE;
}

/** `config show`: the effective values and where each came from; secrets and credentials in addresses masked. */
export function showConfig(options: ShowConfigOptions): number {
  const loaded = load(options.config, options.board);
  const rows = shownValues(loaded.config, loaded.origins).filter(
    ({ origin }) => !options.changed || origin !== 'default',
  );
  const { board, warnings } = loaded;
  if (options.json) printJson({ board, values: rows, warnings });
  else {
    print(`board: ${board ?? 'none'}\n`);
    for (const line of [...table(rows), ...warnings.map((warning) => `warning: ${warning}`)]) print(line);
  }
  return 0;
}

function load(file: string | undefined, board: string | undefined): LoadedConfig {
  return loadConfig(sourcesOf(file, board));
}

function sourcesOf(file: string | undefined, board: string | undefined): ConfigSources {
  return {
    ...(file !== undefined && { file }),
    env: process.env,
    flags: { board },
    flagNames: { board: '--board' },
  };
}

function table(rows: readonly ShownValue[]): string[] {
  const cells = rows.map(({ key, value, origin }) => ({ key, value: text(value), origin }));
  const keyWidth = Math.max(0, ...cells.map(({ key }) => key.length));
  const valueWidth = Math.min(WIDEST_VALUE, Math.max(0, ...cells.map(({ value }) => value.length)));
  return cells.map(({ key, value, origin }) => `${key.padEnd(keyWidth)}  ${value.padEnd(valueWidth)}  ${origin}`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
