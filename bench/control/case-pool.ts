import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { OptionError } from '../harness/options.js';
import type { CaseAnswer, CaseOrder } from './case-process.js';
import type { CaseOutcome } from './outcome.js';

const CHILD = join(import.meta.dirname, 'case-child.js');

/**
 * Runs cases side by side, a process per core: so that the CPU time of a decision is its own.
 *
 * @param done is told after each, how many there are
 * @throws Error of the first case that fails
 */
export async function runCases(orders: readonly CaseOrder[], done: (count: number) => void): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = new Array(orders.length);
  const left = orders.map((order, index) => ({ order, index })).reverse();
  let count = 0;
  const work = async (): Promise<void> => {
    const child = fork(CHILD, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    try {
      for (let next = left.pop(); next; next = left.pop()) {
        outcomes[next.index] = await answerOf(child, next.order);
        done(++count);
      }
    } finally {
      if (child.connected) child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), orders.length) }, work));
  return outcomes;
}

function answerOf(child: ChildProcess, order: CaseOrder): Promise<CaseOutcome> {
  return new Promise((resolve, reject) => {
    const name = `${order.plant.name}/${order.trace.name}`;
    const gone = (code: number | null) => reject(new Error(`${name}: its process ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (answer: CaseAnswer) => {
      child.off('exit', gone);
      if ('outcome' in answer) resolve(answer.outcome);
      else reject(answer.isPlain ? new OptionError(answer.error) : new Error(`${name}: ${answer.error}`));
    });
    child.send(order);
  });
}
