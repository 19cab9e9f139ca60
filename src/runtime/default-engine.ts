import type { Cache } from '../cache/cache.js';
import { joinCaches } from '../cache/default-cache.js';
import { joinQueryMonitors } from '../database/monitor/default-query-monitor.js';
import type { QueryMonitor } from '../database/monitor/query-monitor.js';
import { Oldest } from '../foundation/oldest.js';
import { joinMonitors } from '../telemetry/performance/default-monitor.js';
import type { PerformanceMonitor } from '../telemetry/performance/performance-monitor.js';
import { idleEngine, type OptimizationEngine, type OptimizeSystemOptions } from '../tune/engine/optimization-engine.js';
import type { OptimizationReport, StrategyStatus } from '../tune/engine/report.js';
import type { Optimization } from '../tune/optimization-strategy.js';

/** What functions without an engine's name work on. */
interface JoinedEngine {
  readonly monitor: PerformanceMonitor;
  readonly optimization: OptimizationEngine;
  readonly cache: Cache;
  readonly queries: QueryMonitor;
}

/** Of the engines that were made and not stopped; without one, what is turned on and off for the next. */
const optimizations = new Oldest(idleEngine());
/** What was turned on or off while there was no engine: the next one begins with it. */
const choices = new Map<Optimization, boolean>();

/** An engine was made. @returns what is to be called when it is stopped */
export function joinEngines({ monitor, optimization, cache, queries }: JoinedEngine): () => void {
  const leaves = [
    joinMonitors(monitor),
    joinCaches(cache),
    joinQueryMonitors(queries),
    optimizations.join(optimization),
  ];
  for (const [type, isOn] of choices) {
    if (isOn) optimization.enableOptimization(type);
    else optimization.disableOptimization(type);
  }
  choices.clear();
  return () => {
    for (const leave of leaves) leave();
  };
}

/** The optimization of the default engine, the oldest one that was not stopped. */
export const optimizationEngine = {
  /**
   * Turns a strategy on; without an engine the next one that is made begins so.
   *
   * @returns what that means
   * @throws RangeError where there is no such strategy
   */
  enableOptimization(type: Optimization): StrategyStatus {
    const status = optimizations.current.enableOptimization(type);
    if (optimizations.isAlone) choices.set(type, true);
    return status;
  },
  /**
   * Turns a strategy off: what it moves stays where it stands. Without an engine the next one that is made begins so.
   *
   * @returns what that means
   * @throws RangeError where there is no such strategy
   */
  disableOptimization(type: Optimization): StrategyStatus {
    const status = optimizations.current.disableOptimization(type);
    if (optimizations.isAlone) choices.set(type, false);
    return status;
  },
  /** @throws RangeError where there is no such strategy */
  isEnabled(type: Optimization): boolean {
    return optimizations.current.isEnabled(type);
  },
  /** How every strategy stands. */
  getStatus(): Readonly<Record<Optimization, StrategyStatus>> {
    return optimizations.current.getStatus();
  },
  /** Asks every strategy that is on what would help, and begins to try it. @throws RangeError where `only` names no strategy */
  optimizeSystem(options?: OptimizeSystemOptions): Promise<OptimizationReport> {
    return optimizations.current.optimizeSystem(options);
  },
};
