import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { EdgeError, explain } from '../../src/foundation/errors.js';
import { OptionError } from './options.js';

/** What a child says of an order; `isPlain`: in a sentence that somebody who gave the order can do something about. */
type ChildAnswer<Result> = { readonly result: Result } | { readonly error: string; readonly isPlain: boolean };

/**
 * Has orders carried out side by side, a process per core: so that the CPU time of each is its own.
 *
 * @param module that calls `answerOrders`
 * @param nameOf an order, for the message of an error
 * @param done is told after each, how many there are
 * @returns in the order of the orders
 * @throws Error of the first that fails
 */
export async function inChildren<Order, Result>(
  module: string,
  orders: readonly Order[],
  nameOf: (order: Order) => string,
  done: (count: number) => void,
): Promise<Result[]> {
  const results: Result[] = new Array(orders.length);
  const left = orders.map((order, index) => ({ order, index })).reverse();
  let count = 0;
  const work = async (): Promise<void> => {
    const child = fork(module, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    try {
      for (let next = left.pop(); next; next = left.pop()) {
        results[next.index] = await answerOf<Result>(child, next.order, nameOf(next.order));
        done(++count);
      }
    } finally {
      if (child.connected) child.disconnect();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), orders.length) }, work));
  return results;
}

/** The child's side: an order at a time, until the parent closes the channel. */
export function answerOrders<Order, Result>(work: (order: Order) => Result | Promise<Result>): void {
  process.on('message', async (order) => {
    process.send!(await answerTo(work, order as Order));
  });
  process.on('disconnect', () => process.exit());
}

async function answerTo<Order, Result>(
  work: (order: Order) => Result | Promise<Result>,
  order: Order,
): Promise<ChildAnswer<Result>> {
  try {
    return { result: await work(order) };
  } catch (error) {
    const isPlain = error instanceof EdgeError;
    return { error: isPlain ? explain(error) : ((error as Error).stack ?? explain(error)), isPlain };
  }
}

function answerOf<Result>(child: ChildProcess, order: unknown, name: string): Promise<Result> {
  return new Promise((resolve, reject) => {
    const gone = (code: number | null) => reject(new Error(`${name}: its process ended with ${code}`));
    child.once('exit', gone);
    child.once('message', (answer: ChildAnswer<Result>) => {
      child.off('exit', gone);
      if ('result' in answer) resolve(answer.result);
      else reject(answer.isPlain ? new OptionError(answer.error) : new Error(`${name}: ${answer.error}`));
    });
    child.send(order as object);
  });
}
