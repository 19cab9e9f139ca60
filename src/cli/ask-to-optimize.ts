import type { HttpConfig } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { OPTIMIZATIONS } from '../config/optimizations.js';
import { ConfigError, EdgeError } from '../foundation/errors.js';
import { fromRoot } from '../foundation/home.js';
import { didYouMean } from '../foundation/validate.js';
import { ownAddress } from '../http/own-address.js';
import { changeTokenFile, readChangeToken } from '../runtime/change-token.js';
import type { OptimizationReport, StrategyReport } from '../tune/engine/report.js';
import type { EndedTrial } from '../tune/trials/trial.js';
import { noAnswer } from './no-answer.js';
import { oneLine, print, printJson, printTable } from './print.js';

export interface AskToOptimize {
  readonly strategy?: readonly string[];
  readonly dryRun?: boolean;
  readonly config?: string;
  readonly json?: boolean;
}

const PATIENCE_MS = 30_000;

/**
 * `optimize`: asks the running program, over HTTP on this machine, to look for something better now.
 *
 * @returns the exit code
 * @throws ConfigError where it cannot be asked as configured; EdgeError E_OUTPUT where no program answers
 */
export async function askToOptimize({
  strategy = [],
  dryRun = false,
  config: file,
  json,
}: AskToOptimize): Promise<number> {
  const problems = strategy.filter((name) => !OPTIMIZATIONS.some((known) => known === name)).map(unknown);
  if (problems.length > 0) throw new ConfigError('nothing is optimized', problems);
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  if (!config.http.enabled || config.http.port === 0) {
    const got = config.http.enabled ? 'http.port: 0, which is another port at each start' : 'http.enabled: false';
    throw new ConfigError('the running program cannot be asked', [
      `http: expected a port that the program listens on, got ${got}; over MQTT it is edge-optimizer command send optimize`,
    ]);
  }
  const report = await ask(config.http, strategy, dryRun, fromRoot(config.store.dir));
  if (json) printJson(report);
  else tell(report);
  return report.strategies.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

async function ask(
  { host, port, token }: HttpConfig,
  strategies: readonly string[],
  dryRun: boolean,
  storeDir: string,
): Promise<OptimizationReport> {
  const query = new URLSearchParams({ dryRun: `${dryRun}` });
  for (const name of strategies) query.append('strategy', name);
  const at = ownAddress(host, port);
  const allowing = token ?? readChangeToken(storeDir);
  const headers = { 'content-type': 'application/json', ...(allowing && { authorization: `Bearer ${allowing}` }) };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const reply = await fetch(`${at}/api/optimize?${query}`, { method: 'POST', headers, body: '{}', signal }).catch(
    (cause: unknown) => {
      throw noAnswer(at, storeDir, cause);
    },
  );
  const text = await reply.text();
  if (reply.status === 200) return JSON.parse(text) as OptimizationReport;
  const problem = reply.status === 401 ? tokenProblem(token, allowing, storeDir) : problemIn(reply.status, text);
  throw new EdgeError('E_OUTPUT', `${at} does not do it: ${problem}`);
}

/** @param allowing what was sent */
function tokenProblem(token: string | undefined, allowing: string | null, storeDir: string): string {
  if (token === undefined && allowing === null)
    return `it is a change, and the token for changes in ${changeTokenFile(storeDir)} cannot be read by this user; ask as the user of the service, or as root`;
  return 'it wants another token: http.tokenFile or EDGE_HTTP_TOKEN of its configuration';
}

function problemIn(status: number, text: string): string {
  if (status === 404) return 'what listens there has no such path: another program, or an earlier version';
  try {
    return (JSON.parse(text) as { error: string }).error;
  } catch {
    return `${status} ${oneLine(text).slice(0, 200)}`;
  }
}

function tell({ dryRun, strategies, ended }: OptimizationReport): void {
  printTable(['strategy', 'outcome', 'change', 'why'], strategies.map(rowOf));
  if (ended.length > 0) {
    print('');
    print('since it was asked last:');
    printTable(['strategy', 'change', 'verdict', 'why'], ended.map(endedRow));
  }
  if (strategies.some(({ outcome }) => outcome === 'tried')) {
    print('');
    print('edge-optimizer trials shows in some minutes what becomes of it');
  } else if (dryRun) print('nothing was changed');
}

const SAID: Readonly<Record<StrategyReport['outcome'], string>> = {
  off: 'off',
  unavailable: 'not here',
  nothing: 'nothing to do',
  waits: 'waits',
  measuring: 'measures first',
  refused: 'not again yet',
  'would-try': 'would try',
  tried: 'tries',
  failed: 'failed',
};

const rowOf = ({ strategy, outcome, change, why }: StrategyReport): string[] => [
  strategy,
  SAID[outcome],
  change === null ? '' : oneLine(`${change.from} → ${change.to}`),
  oneLine(why),
];

const endedRow = ({ strategy, from, to, verdict, why }: EndedTrial): string[] => [
  strategy,
  oneLine(`${from} → ${to}`),
  verdict,
  oneLine(why),
];

function unknown(name: string): string {
  const meant = didYouMean(name, OPTIMIZATIONS);
  return `--strategy: expected one of ${OPTIMIZATIONS.join(', ')}, got ${name || 'nothing'}${meant === null ? '' : `; did you mean ${meant}?`}`;
}
