import { type ChildProcess, fork, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import * as assert from 'uvu/assert';
import { endWithTests } from '../temporary.js';

/**
 * A collector in a process of its own, once it says that it goes.
 *
 * @param script compiled @param args its broker, database and name @param env beside that of the tests
 * @returns also what it said
 */
export async function startedChild<Said>(
  script: string,
  args: readonly [broker: string, target: string, name: string],
  env: NodeJS.ProcessEnv = {},
): Promise<{ child: ChildProcess; said: Said }> {
  const stdio: StdioOptions = ['ignore', 'inherit', 'inherit', 'ipc'];
  const child = endWithTests(fork(script, args, { stdio, env: { ...process.env, ...env } }));
  const ended = once(child, 'exit').then(() => assert.unreachable(`${args[2]} ended before it began`));
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [Said];
  return { child, said };
}
