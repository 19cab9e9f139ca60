import type { KnobName } from '../../src/tune/knobs.js';
import type { OperatingPoint } from '../../src/tune/operating-point.js';
import type { Scenario } from './scenario.js';

/** What of a point each knob moves; the others move nothing of it. */
const MOVES: Partial<Record<KnobName, keyof OperatingPoint>> = {
  model: 'model',
  variant: 'variant',
  inputSize: 'variant',
  batchSize: 'batchSize',
  workers: 'workers',
  intraOpThreads: 'intraOpThreads',
};

/** The point that everybody who changes anything begins with: the quickest. */
function startPoint({ plant: { points } }: Pick<Scenario, 'plant'>): number {
  return points.reduce((best, { serviceMs }, i) => (serviceMs < points[best]!.serviceMs ? i : best), 0);
}

/** Whether pinned knobs, the memory and the budgets let a point be used at all. */
export function isPermitted(scenario: Scenario, index: number): boolean {
  const { plant, budgets, pinned } = scenario;
  const [point, start] = [plant.points[index]!, plant.points[startPoint(scenario)]!];
  if (budgets.maxSwitchesPerHour === 0 && point !== start) return false;
  for (const knob of pinned) {
    const part = MOVES[knob];
    if (part !== undefined && point[part] !== start[part]) return false;
  }
  const most = Number.POSITIVE_INFINITY;
  const memory = Math.min(plant.memoryBytes - plant.memoryElsewhereBytes, budgets.maxMemoryBytes ?? most);
  const accelerator = Math.min(plant.acceleratorBytes ?? most, budgets.maxAcceleratorBytes ?? most);
  return plant.memoryBaseBytes + (point.memoryBytes ?? 0) <= memory && (point.acceleratorBytes ?? 0) <= accelerator;
}
