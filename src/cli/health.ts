import { createConnection } from 'node:net';
import { siteFileOf } from '../config/installed-site.js';
import { readStoreDir } from '../config/store-dir.js';
import { explain } from '../foundation/errors.js';
import { healthSockets } from '../runtime/health/health-place.js';
import { type HealthReport, healthReportIn } from '../runtime/health/health-report.js';
import { FAILED } from './exit-codes.js';
import { print, printJson } from './print.js';

export interface HealthFlags {
  readonly config?: string;
  readonly timeout: number;
  readonly json?: boolean;
}

/** What there is to know of a program's health; `report` is null where none answers. */
interface Known {
  readonly healthy: boolean;
  readonly state: HealthReport['state'] | 'none' | 'silent';
  readonly problem: string | null;
  readonly report: HealthReport | null;
}

/** No answer of the program is longer. */
const MAX_BYTES = 16 * 1024;

/**
 * `edge-optimizer health`: asks the running program whether it does its work.
 *
 * @returns 0 where it does, 1 where it does not, or none runs
 */
export async function health({ config: file, timeout, json = false }: HealthFlags): Promise<number> {
  const { dir, problems } = await readStoreDir(siteFileOf(file), process.env);
  const known = problems.length > 0 ? none(problems.join('; ')) : await ask(dir, timeout * 1000);
  const { healthy, state, problem, report } = known;
  if (json) printJson({ healthy, state, problem, ...report });
  else print(`${healthy ? 'healthy' : 'not healthy'}: ${problem ?? report?.line}`);
  return healthy ? 0 : FAILED;
}

async function ask(dir: string, patienceMs: number): Promise<Known> {
  let last: unknown = null;
  for (const path of healthSockets(dir)) {
    try {
      return judge(await answerOf(path, patienceMs), path, patienceMs);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ECONNREFUSED') last = error;
    }
  }
  if (last !== null) return none(`the program that keeps its data in ${dir} cannot be asked: ${explain(last)}`);
  return none(
    `no program that keeps its data in ${dir} is running (store.dir): --config FILE names the site's configuration`,
  );
}

const none = (problem: string): Known => ({ healthy: false, state: 'none', problem, report: null });

/** @param text null where nothing was answered in time */
function judge(text: string | null, path: string, patienceMs: number): Known {
  if (text === null) {
    const problem = `the program did not answer within ${patienceMs / 1000} s: its main thread is busy, or hangs`;
    return { healthy: false, state: 'silent', problem, report: null };
  }
  const report = healthReportIn(text);
  if (report === null) return none(`what listens at ${path} is not the program, or another version of it`);
  return { healthy: report.state === 'serving', state: report.state, problem: problemOf(report), report };
}

function problemOf({ state, inOrderS, line }: HealthReport): string | null {
  if (state === 'starting') return `it is starting (${line})`;
  if (state === 'stuck') return `frames come and none was answered for ${inOrderS} s (${line})`;
  return null;
}

/** @returns what it says until it ends, or too much; null where it does not in time. @throws where nobody listens */
function answerOf(path: string, patienceMs: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(path);
    const settle = (text: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => settle(null), patienceMs);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > MAX_BYTES) settle(text);
    });
    socket.on('end', () => settle(text));
    socket.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}
