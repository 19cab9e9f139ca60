import type { Operation } from './operation.js';

type Measurable<This, Args extends unknown[], Value> = (this: This, ...args: Args) => Value;

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
    return function measured<This, Args extends unknown[], Value>(
      original: Measurable<This, Args, Value>,
      context?: ClassMethodDecoratorContext<This, Measurable<This, Args, Value>>,
    ): Measurable<This, Args, Value> {
      if (typeof original !== 'function' || (context !== undefined && context.kind !== 'method')) {
        throw new TypeError(
          `measurePerformance(${JSON.stringify(component)}, ${JSON.stringify(operation)}): expected a function or a method, got ${context?.kind ?? typeof original}`,
        );
      }
      const measuring = function (this: This, ...args: Args): Value {
        return run(current(), original, this, args);
      };
      // whoever looks at it finds the function's own name and number of parameters
      Object.defineProperty(measuring, 'name', { value: original.name, configurable: true });
      Object.defineProperty(measuring, 'length', { value: original.length, configurable: true });
      return measuring;
    };
  };
}

function run<This, Args extends unknown[], Value>(
  operation: Operation,
  original: Measurable<This, Args, Value>,
  self: This,
  args: Args,
): Value {
  const beganAt = operation.begin();
  let value: Value;
  try {
    value = original.apply(self, args);
  } catch (error) {
    operation.end(beganAt, true, args);
    throw error;
  }
  if (!isPromise(value)) {
    operation.end(beganAt, false, args);
    return value;
  }
  const end = (failed: boolean) => operation.end(beganAt, failed, args);
  // a promise with something of its own, such as a way to cancel it, is handed on as it is
  if (value.constructor !== Promise) {
    value.then(
      () => end(false),
      () => end(true),
    );
    return value;
  }
  // of the other one a rejection that nobody handles is to stay one
  return value.then(
    (result) => {
      end(false);
      return result;
    },
    (error) => {
      end(true);
      throw error;
    },
  ) as Value;
}

/** Other thenables may do their work only when somebody asks for it with `then`, a query builder for one. */
function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
