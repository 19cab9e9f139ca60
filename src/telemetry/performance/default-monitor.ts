import type { ThresholdsConfig } from '../../config/config.js';
import { Oldest } from '../../foundation/oldest.js';
import { measureInto } from './measure.js';
import type { Operation } from './operation.js';
import { PerformanceMonitor, type PerformanceSummary } from './performance-monitor.js';

const monitors = new Oldest(new PerformanceMonitor());

/** A monitor that functions without a monitor's name may use. @returns what ends that */
export const joinMonitors = (monitor: PerformanceMonitor): (() => void) => monitors.join(monitor);

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
  let monitor = monitors.current;
  let found: Operation = monitor.operations.of(component, operation);
  return () => {
    if (monitor !== monitors.current) {
      monitor = monitors.current;
      found = monitor.operations.of(component, operation);
    }
    return found;
  };
});

/** The monitor of the default engine, the oldest one that was not stopped; without an engine one of its own. */
export const performanceMonitor = {
  /** The limits that alerts are raised by; what is left out of an assignment stays. @throws RangeError with every problem */
  get thresholds(): ThresholdsConfig {
    return monitors.current.thresholds;
  },
  set thresholds(changes: Partial<ThresholdsConfig>) {
    monitors.current.thresholds = changes;
  },
  /**
   * @param windowMs how far back, up to an hour; default a minute
   * @throws RangeError where it is no window
   */
  getPerformanceSummary(windowMs?: number): PerformanceSummary {
    return monitors.current.getPerformanceSummary(windowMs);
  },
};
