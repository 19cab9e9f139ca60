import type { MetricRow } from '../../foundation/metric-row.js';
import type { Sampled } from '../metrics/metrics.js';
import { operationMetrics } from './metrics.js';
import { Operation } from './operation.js';

/** Operations that one program may measure: names are made by programmers, so that more of them is a name with data in it. */
const MOST_OPERATIONS = 500;
/** Looks once a second that a stretch of recent latencies takes. */
const STRETCH_SAMPLES = 10;

/** Every measured operation of a program, by component and name. */
export class Operations implements Sampled {
  readonly metrics: readonly MetricRow[] = operationMetrics(() => this.#all.values());
  readonly #all = new Map<string, Operation>();
  #samples = 0;

  /**
   * The same for the same names, however often it is asked for.
   *
   * @throws TypeError where a name is empty or too long for a label, RangeError where there are 500 already
   */
  of(component: string, operation: string): Operation {
    // a name cannot hold the separator
    const key = `${component}\n${operation}`;
    const found = this.#all.get(key);
    if (found) return found;
    checkName('component', component);
    checkName('operation', operation);
    if (this.#all.size >= MOST_OPERATIONS) {
      throw new RangeError(
        `${MOST_OPERATIONS} operations are measured already, no room for ${component}.${operation}: what differs from call to call belongs into no name`,
      );
    }
    const made = new Operation(component, operation);
    this.#all.set(key, made);
    return made;
  }

  get all(): Iterable<Operation> {
    return this.#all.values();
  }

  sample(now: number): void {
    const rotates = this.#samples++ % STRETCH_SAMPLES === 0;
    for (const operation of this.#all.values()) {
      operation.sample(now);
      if (rotates) operation.latency.rotate();
    }
  }
}

function checkName(what: string, name: unknown): void {
  if (typeof name === 'string' && /^[^\p{C}]{1,100}$/u.test(name)) return;
  throw new TypeError(`${what}: expected 1 to 100 printable characters, got ${JSON.stringify(name)}`);
}
