import type { Operation } from './operation.js';
import { dressAs, type Watchable, watchedCall } from './watched-call.js';

/** Finds the operation that a call belongs to; asked at every call. */
export type OperationSource = (component: string, operation: string) => () => Operation;

/**
 * `measurePerformance` for whoever keeps the numbers. What it gives is a standard decorator
 * (`@measurePerformance('plates', 'read')`) and a wrapper (`measurePerformance('plates', 'read')(readPlate)`) in one. The
 * measured function stays as it is: same arguments, same `this`, same result or error, sync or async. A promise is measured
 * until it settles; of a generator only the call that makes it is measured.
 */
export function measureInto(source: OperationSource) {
  return function measurePerformance(component: string, operation: string) {
    const current = source(component, operation);
    return function measured<F extends Watchable>(original: F, context?: ClassMethodDecoratorContext): F {
      if (typeof original !== 'function' || (context !== undefined && context.kind !== 'method')) {
        throw new TypeError(
          `measurePerformance(${JSON.stringify(component)}, ${JSON.stringify(operation)}): ${unfit(original, context)}`,
        );
      }
      const measuring = function (this: unknown, ...args: unknown[]): unknown {
        return run(current(), original, this, args);
      };
      dressAs(original, measuring);
      return measuring as F;
    };
  };
}

/** What it cannot measure, and what to do instead. */
function unfit(original: unknown, context: unknown): string {
  if (typeof context === 'string' || typeof context === 'symbol') {
    return 'expected a standard decorator, got one of experimentalDecorators: switch that off, or wrap the function';
  }
  const kind = (context as { readonly kind?: unknown } | undefined)?.kind;
  const got = `expected a function or a method, got ${kind ?? typeof original}`;
  return kind === undefined ? got : `${got}: wrap the function instead, measurePerformance(…)(function)`;
}

function run(operation: Operation, original: Watchable, self: unknown, args: unknown[]): unknown {
  const beganAt = operation.begin();
  const ended = () => operation.end(beganAt, false, args);
  const failed = () => operation.end(beganAt, true, args);
  return watchedCall(original, self, args, ended, failed);
}
