import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT_ROOT } from '../src/foundation/home.js';
import { quantile } from '../src/foundation/statistics.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal } from './harness/report.js';
import { median, round } from './harness/statistics.js';
import { CONTENDERS, type Contender, isBare, isOurs } from './middleware/contenders.js';

const USAGE = `npm run -s bench -- middleware [--rounds 5] [--seconds 2] [--quick]

The middleware for Fastify, Express and Hono, against the bare frameworks and other caches, each server in a process of its own,
asked by autocannon over the loopback. Contenders take turns in each round.

  /small   never kept: what the middleware adds to a request, timed in the server with one connection
  /list    50 violations out of SQLite, kept from the second request on: requests per s with 20 connections

  --rounds N    turns of each contender (5)
  --seconds N   how long each is asked in each turn (2)
  --quick       1 round of 1 s
`;

const INSTALL_TIMEOUT_MS = 300_000;
const FOLDER = join(PROJECT_ROOT, 'bench/middleware');
/** µs at the median that a request may take longer than without the middleware. */
const MOST_ADDED_US = 30;
/** How many times as many hits per s as those that are asked for the same. */
const LEAST_RATIO = 3;
const CONNECTIONS = 20;

interface Load {
  readonly perSecond: number;
  readonly wrong: number;
}

type LoadServer = (
  url: string,
  options: { readonly connections: number; readonly seconds: number; readonly body: string },
) => Promise<Load>;

/** A contender's server that listens. */
interface Running {
  readonly contender: Contender;
  readonly child: ChildProcess;
  readonly port: number;
  /** By round. */
  readonly smallP50Us: number[];
  readonly listPerSecond: number[];
  /** µs of a processor per request. */
  readonly smallCpuUs: number[];
  readonly listCpuUs: number[];
  wrong: number;
}

/** What the middleware adds to a request, and how many requests it answers out of its cache. */
export async function run(args: string[]): Promise<BenchReport> {
  const { rounds, seconds } = readOptions(args, USAGE, {
    rounds: wholeNumber({ least: 1, usual: 5, quick: 1 }),
    seconds: wholeNumber({ least: 1, usual: 2, quick: 1 }),
    quick: flag,
  });
  install();
  const { load } = (await import(pathToFileURL(join(FOLDER, 'load.mjs')).href)) as { load: LoadServer };
  const servers: Running[] = [];
  try {
    for (const contender of CONTENDERS) servers.push(await started(contender));
    // the first round lets the compiler do its work, and fills the caches
    for (let turn = 0; turn <= rounds; turn++) {
      for (const server of servers) await ask(server, load, turn === 0 ? 1 : seconds, turn > 0);
    }
  } finally {
    for (const { child } of servers) child.kill();
  }
  return report(servers, rounds, seconds);
}

async function started(contender: Contender): Promise<Running> {
  const child = fork(join(FOLDER, 'server.mjs'), [contender.name, join(PROJECT_ROOT, 'dist')]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { contender, child, port, smallP50Us: [], listPerSecond: [], smallCpuUs: [], listCpuUs: [], wrong: 0 };
}

async function ask(server: Running, load: LoadServer, seconds: number, counts: boolean): Promise<void> {
  const { contender, port } = server;
  const url = (path: string) => `http://127.0.0.1:${port}${path}`;
  if (isBare(contender) || isOurs(contender)) {
    const { wrong } = await load(url('/small'), { connections: 1, seconds, body: '{"alive":true}' });
    const { times, cpuUs } = await sinceLast(server);
    server.wrong += wrong;
    if (counts) {
      server.smallP50Us.push((quantile(times, 0.5) ?? Number.NaN) * 1000);
      server.smallCpuUs.push(cpuUs / times.length);
    }
  }
  const body = await (await fetch(url('/list'))).text();
  await sinceLast(server);
  const { perSecond, wrong } = await load(url('/list'), { connections: CONNECTIONS, seconds, body });
  const { times, cpuUs } = await sinceLast(server);
  server.wrong += wrong;
  if (!counts) return;
  server.listPerSecond.push(perSecond);
  server.listCpuUs.push(cpuUs / times.length);
}

interface Spent {
  /** ms of each request. */
  readonly times: readonly number[];
  /** µs of a processor that the server's process took. */
  readonly cpuUs: number;
}

/** What the server spent since it was asked last. */
async function sinceLast({ child }: Running): Promise<Spent> {
  child.send('spent');
  const [spent] = (await once(child, 'message')) as [Spent];
  return spent;
}

function report(servers: readonly Running[], rounds: number, seconds: number): BenchReport {
  const bareOf = ({ contender }: Running) =>
    servers.find((other) => isBare(other.contender) && other.contender.framework === contender.framework)!;
  const rows = servers.map((server) => {
    const bare = bareOf(server);
    const against = (own: readonly number[], others: readonly number[]) =>
      server === bare ? [] : own.map((us, round) => us - others[round]!);
    const added = against(server.smallP50Us, bare.smallP50Us);
    const addedCpu = against(server.smallCpuUs, bare.smallCpuUs);
    const hits = median(server.listPerSecond);
    return {
      contender: server.contender.name,
      does: server.contender.does,
      addedP50Us: added.length === 0 ? null : round(median(added)),
      addedSpreadUs: added.length === 0 ? null : round(spread(added)),
      addedCpuUs: added.length === 0 ? null : round(median(addedCpu)),
      listPerSecond: Math.round(hits),
      listSpread: Math.round(spread(server.listPerSecond)),
      listCpuUs: round(median(server.listCpuUs)),
      timesBare: round(hits / median(bare.listPerSecond)),
      wrong: server.wrong,
    };
  });
  return {
    name: 'middleware',
    rows,
    goals: [
      ...servers.filter(({ contender }) => isOurs(contender)).flatMap((own) => goalsOf(own, servers, rows)),
      {
        name: 'responses that differ from what the handler answers',
        value: rows.reduce((sum, { wrong }) => sum + wrong, 0),
        goal: '= 0',
        met: rows.every(({ wrong }) => wrong === 0),
      },
    ],
    notes: [
      `${rounds} rounds of ${seconds} s. addedP50Us: in the server, from the head of a request to the end of its response, the median above that of the bare framework in the same round. CpuUs: µs of a processor that the server took per request, which other programs on the machine disturb less.`,
      `@fastify/caching keeps no responses: it sets Cache-Control and ETag. The others answer /list without asking SQLite.`,
    ],
  };
}

const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

function goalsOf(
  own: Running,
  servers: readonly Running[],
  rows: readonly { readonly contender: string; readonly addedP50Us: number | null }[],
): Goal[] {
  const { framework, name } = own.contender;
  const added = rows.find(({ contender }) => contender === name)?.addedP50Us ?? null;
  const goals: Goal[] = [
    {
      name: `${framework}: µs added at the median`,
      value: added,
      goal: `<= ${MOST_ADDED_US}`,
      met: added === null ? null : added <= MOST_ADDED_US,
    },
  ];
  for (const rival of servers) {
    if (rival === own || rival.contender.framework !== framework) continue;
    const value = round(median(own.listPerSecond) / median(rival.listPerSecond));
    goals.push({
      name: `${framework}: hits per s over those of ${rival.contender.name.split(': ')[1]!}`,
      value,
      goal: `>= ${LEAST_RATIO}`,
      met: value >= LEAST_RATIO,
    });
  }
  return goals;
}

function install(): void {
  const installed = join(FOLDER, 'node_modules/.package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(FOLDER, 'package-lock.json')).mtimeMs)
    return;
  process.stderr.write('installing autocannon and other caches for this benchmark …\n');
  execFileSync('npm', ['ci', '--ignore-scripts'], { cwd: FOLDER, timeout: INSTALL_TIMEOUT_MS, stdio: 'ignore' });
}
