import type { ThresholdsConfig } from '../config/config.js';
import { measureInto } from '../telemetry/performance/measure.js';
import type { Operation } from '../telemetry/performance/operation.js';
import { PerformanceMonitor, type PerformanceSummary } from '../telemetry/performance/performance-monitor.js';
import { idleEngine, type OptimizationEngine, type OptimizeSystemOptions } from '../tune/engine/optimization-engine.js';
import type { OptimizationReport, StrategyStatus } from '../tune/engine/report.js';
import type { Optimization } from '../tune/optimization-strategy.js';

/** What functions without an engine's name work on. */
interface JoinedEngine {
  readonly monitor: PerformanceMonitor;
  readonly optimization: OptimizationEngine;
}

/** Engines that were made and not stopped, oldest first. */
const engines: JoinedEngine[] = [];
/** What was turned on or off while there was no engine: the next one begins with it. */
const choices = new Map<Optimization, boolean>();
/** What is measured, turned on and off while there is no engine. */
const alone: JoinedEngine = { monitor: new PerformanceMonitor(), optimization: idleEngine() };

/** The engine that functions without an engine's name belong to: the oldest one that was not stopped. */
const current = (): JoinedEngine => engines[0] ?? alone;

/** An engine was made. @returns what is to be called when it is stopped */
export function joinEngines(engine: JoinedEngine): () => void {
  engines.push(engine);
  for (const [type, isOn] of choices) {
    if (isOn) engine.optimization.enableOptimization(type);
    else engine.optimization.disableOptimization(type);
  }
  choices.clear();
  return () => {
    const place = engines.indexOf(engine);
    if (place >= 0) engines.splice(place, 1);
  };
}

/**
 * Measures a function or a method: calls, errors, calls in flight, latency, and the slowest call with the shape of its
 * arguments. Belongs to the default engine at the time of the call, the oldest one that was not stopped; without an engine the
 * numbers are in `performanceMonitor` alone. `engine.measurePerformance` is for a certain engine.
 *
 * @throws TypeError where a name is empty or too long, or what is measured is no function
 * @example
 * ```ts
 * class Plates {
 *   @measurePerformance('plates', 'read')
 *   async read(picture: Uint8Array): Promise<string> { … }
 * }
 * const save = measurePerformance('records', 'save')(async (record: object) => { … });
 * ```
 */
export const measurePerformance = measureInto((component, operation) => {
  let found: Operation = current().monitor.operations.of(component, operation);
  let monitor = current().monitor;
  return () => {
    if (monitor !== current().monitor) {
      monitor = current().monitor;
      found = monitor.operations.of(component, operation);
    }
    return found;
  };
});

/** The monitor of the default engine, the oldest one that was not stopped. */
export const performanceMonitor = {
  /** The limits that alerts are raised by; what is left out of an assignment stays. @throws RangeError with every problem */
  get thresholds(): ThresholdsConfig {
    return current().monitor.thresholds;
  },
  set thresholds(changes: Partial<ThresholdsConfig>) {
    current().monitor.thresholds = changes;
  },
  /**
   * @param windowMs how far back, up to an hour; default a minute
   * @throws RangeError where it is no window
   */
  getPerformanceSummary(windowMs?: number): PerformanceSummary {
    return current().monitor.getPerformanceSummary(windowMs);
  },
};

/** The optimization of the default engine, the oldest one that was not stopped. */
export const optimizationEngine = {
  /**
   * Turns a strategy on; without an engine the next one that is made begins so.
   *
   * @returns what that means
   * @throws RangeError where there is no such strategy
   */
  enableOptimization(type: Optimization): StrategyStatus {
    const status = current().optimization.enableOptimization(type);
    if (engines.length === 0) choices.set(type, true);
    return status;
  },
  /**
   * Turns a strategy off: what it moves stays where it stands. Without an engine the next one that is made begins so.
   *
   * @returns what that means
   * @throws RangeError where there is no such strategy
   */
  disableOptimization(type: Optimization): StrategyStatus {
    const status = current().optimization.disableOptimization(type);
    if (engines.length === 0) choices.set(type, false);
    return status;
  },
  /** @throws RangeError where there is no such strategy */
  isEnabled(type: Optimization): boolean {
    return current().optimization.isEnabled(type);
  },
  /** How every strategy stands. */
  getStatus(): Readonly<Record<Optimization, StrategyStatus>> {
    return current().optimization.getStatus();
  },
  /** Asks every strategy that is on what would help, and begins to try it. @throws RangeError where `only` names no strategy */
  optimizeSystem(options?: OptimizeSystemOptions): Promise<OptimizationReport> {
    return current().optimization.optimizeSystem(options);
  },
};
