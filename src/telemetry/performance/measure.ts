import type { Operation } from './operation.js';

/** Any function: what it takes and gives is kept, overloads and type parameters too. */
// biome-ignore lint/suspicious/noExplicitAny: only `any` stands for every parameter and every `this` alike
type Measurable = (this: any, ...args: any[]) => unknown;

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
    return function measured<F extends Measurable>(original: F, context?: ClassMethodDecoratorContext): F {
      if (typeof original !== 'function' || (context !== undefined && context.kind !== 'method')) {
        throw new TypeError(
          `measurePerformance(${JSON.stringify(component)}, ${JSON.stringify(operation)}): ${unfit(original, context)}`,
        );
      }
      const measuring = function (this: unknown, ...args: unknown[]): unknown {
        return run(current(), original, this, args);
      };
      // whoever looks at it finds the function's own name, number of parameters and what else it has
      Object.defineProperties(measuring, ownProperties(original));
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

/** All of a function but what makes it a constructor, and what old JavaScript gives each of its own. */
function ownProperties(original: Measurable): PropertyDescriptorMap {
  const {
    prototype: _,
    arguments: __,
    caller: ___,
    ...own
  } = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
  return own;
}

function run(operation: Operation, original: Measurable, self: unknown, args: unknown[]): unknown {
  const beganAt = operation.begin();
  let value: unknown;
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
  );
}

/** Other thenables may do their work only when somebody asks for it with `then`, a query builder for one. */
function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
