import type { ThresholdsConfig } from '../config/config.js';
import { measureInto } from '../telemetry/performance/measure.js';
import type { Operation } from '../telemetry/performance/operation.js';
import { PerformanceMonitor, type PerformanceSummary } from '../telemetry/performance/performance-monitor.js';

/** Engines that were made and not stopped, oldest first, by their monitors. */
const monitors: PerformanceMonitor[] = [];
/** What is measured while there is no engine. */
const alone = new PerformanceMonitor();

/** The engine that functions without an engine's name belong to: the oldest one that was not stopped. */
const current = (): PerformanceMonitor => monitors[0] ?? alone;

/** An engine was made. @returns what is to be called when it is stopped */
export function joinEngines(monitor: PerformanceMonitor): () => void {
  monitors.push(monitor);
  return () => {
    const place = monitors.indexOf(monitor);
    if (place >= 0) monitors.splice(place, 1);
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
  let found: Operation = current().operations.of(component, operation);
  let monitor = current();
  return () => {
    if (monitor !== current()) {
      monitor = current();
      found = monitor.operations.of(component, operation);
    }
    return found;
  };
});

/** The monitor of the default engine, the oldest one that was not stopped. */
export const performanceMonitor = {
  /** The limits that alerts are raised by; what is left out of an assignment stays. @throws RangeError with every problem */
  get thresholds(): ThresholdsConfig {
    return current().thresholds;
  },
  set thresholds(changes: Partial<ThresholdsConfig>) {
    current().thresholds = changes;
  },
  /**
   * @param windowMs how far back, up to an hour; default a minute
   * @throws RangeError where it is no window
   */
  getPerformanceSummary(windowMs?: number): PerformanceSummary {
    return current().getPerformanceSummary(windowMs);
  },
};
