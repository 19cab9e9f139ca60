/** What a program imports as `edge-inference-optimizer/tune`: changes as trials, with strategies of its own. Importing it starts nothing. */

import type { Cache } from '../cache/cache.js';
import { systemClock } from '../foundation/clock.js';
import { CacheStrategy } from './strategies/cache-strategy.js';

export { type Log, silentLog } from '../foundation/log.js';
export { OptimizationEngine, type OptimizeSystemOptions } from './engine/optimization-engine.js';
export { OwnOptimization, type OwnOptimizationOptions } from './engine/own-optimization.js';
export type { OptimizationReport, StrategyReport, StrategyStatus } from './engine/report.js';
export type { KnobName } from './knobs.js';
export type { Optimization, OptimizationStrategy, ProposedChange, Score, Undo } from './optimization-strategy.js';
export type { GuardReadings } from './trials/guards.js';
export type { EndedTrial, TrialRecord, TrialVerdict } from './trials/trial.js';

/**
 * The strategy `cache` for a cache of the program: LRU, LFU, FIFO and TTL are simulated beside it at its budget and at larger ones, and
 * what would have found more is tried.
 *
 * @param maxBytes how far the budget of its memory may grow; default: not at all
 * @throws RangeError where the cache has no memory tier
 */
export function cacheStrategy(cache: Cache, maxBytes = 0): CacheStrategy {
  const configured = cache.memorySettings;
  if (configured === null) throw new RangeError('this cache has no memory tier that could be optimized');
  const memoryFreeBytes = () => process.availableMemory();
  return new CacheStrategy({ cache, configured, maxBytes, memoryFreeBytes, clock: systemClock });
}
