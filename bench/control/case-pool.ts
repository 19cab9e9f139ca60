import { join } from 'node:path';
import { inChildren } from '../harness/child-pool.js';
import type { CaseOrder } from './case-process.js';
import type { CaseOutcome } from './outcome.js';

const CHILD = join(import.meta.dirname, 'case-child.js');

/**
 * Runs cases side by side.
 *
 * @param done is told after each, how many there are
 * @throws Error of the first case that fails
 */
export function runCases(orders: readonly CaseOrder[], done: (count: number) => void): Promise<CaseOutcome[]> {
  return inChildren(CHILD, orders, ({ plant, trace }) => `${plant.name}/${trace.name}`, done);
}
