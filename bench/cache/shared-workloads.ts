import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.js';
import { fill, keys, readAll, timed } from './workloads.js';

/** What one round of a contender gives: by row its figure. */
export type SharedRound = Readonly<Record<(typeof SHARED_ROWS)[number], number>>;

/** What is measured of a cache that programs share, a row each. */
export const SHARED_ROWS = [
  'shared-hit',
  'shared-memory-hit',
  'shared-stampede-2x100',
  'shared-stampede-loads',
] as const;

const ENTRIES = 2000;
const STAMPEDES = 30;
const PROGRAMS = 2;
const CALLERS = 100;
const PROGRAM = fileURLToPath(new URL('stampede-program.js', import.meta.url));

/** Everything under a prefix that nothing used before: microseconds per operation, and loads per stampede. */
export async function sharedRound(contender: Contender, port: number, prefix: string): Promise<SharedRound> {
  const [hit, memoryHit] = await hits(contender, port, prefix);
  const [stampede, loads] = await stampedes(contender, port, `${prefix}s`);
  return {
    'shared-hit': hit,
    'shared-memory-hit': memoryHit,
    'shared-stampede-2x100': stampede,
    'shared-stampede-loads': loads,
  };
}

/** What another program has set is read once from the server, then from memory. */
async function hits(contender: Contender, port: number, prefix: string): Promise<[server: number, memory: number]> {
  const writer = await contender.openShared(port, prefix);
  await fill(writer, ENTRIES);
  const reader = await contender.openShared(port, prefix);
  const server = await timed(ENTRIES, () => readAll(reader, ENTRIES));
  const memory = await timed(ENTRIES, () => readAll(reader, ENTRIES));
  await writer.close();
  await reader.close();
  return [server, memory];
}

/** Two programs ask for the same key at once, 100 callers in each; the load takes 5 ms, as a query does. */
async function stampedes(
  contender: Contender,
  port: number,
  prefix: string,
): Promise<[perCaller: number, loads: number]> {
  const programs = Array.from({ length: PROGRAMS }, () => fork(PROGRAM, [contender.name, String(port), prefix]));
  await Promise.all(programs.map((program) => once(program, 'message')));
  let loads = 0;
  const perCaller = await timed(STAMPEDES * PROGRAMS * CALLERS, async () => {
    for (const key of keys.slice(0, STAMPEDES)) {
      for (const computed of await Promise.all(programs.map((program) => asked(program, key)))) loads += computed;
    }
  });
  await Promise.all(programs.map(ended));
  return [perCaller, loads / STAMPEDES];
}

async function asked(program: ChildProcess, key: string): Promise<number> {
  program.send(key);
  const [computed] = await once(program, 'message');
  return computed as number;
}

async function ended(program: ChildProcess): Promise<void> {
  const exited = once(program, 'exit');
  program.kill('SIGKILL');
  await exited;
}
