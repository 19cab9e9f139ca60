/** Any function: what it takes and gives is kept, overloads and type parameters too. */
// biome-ignore lint/suspicious/noExplicitAny: only `any` stands for every parameter and every `this` alike
export type Watchable = (this: any, ...args: any[]) => unknown;

/**
 * Calls a function and hears of its end; a promise ends when it settles. Result or error are handed on as they are, a promise
 * with something of its own, such as a way to cancel it, too.
 *
 * @param ended is given the result, the settled one of a promise
 */
export function watchedCall(
  original: Watchable,
  self: unknown,
  args: unknown[],
  ended: (result: unknown) => void,
  failed: (error: unknown) => void,
): unknown {
  let value: unknown;
  try {
    value = original.apply(self, args);
  } catch (error) {
    failed(error);
    throw error;
  }
  if (!isPromise(value)) {
    ended(value);
    return value;
  }
  if (value.constructor !== Promise) {
    value.then(ended, failed);
    return value;
  }
  // of this one a rejection that nobody handles is to stay one
  return value.then(
    (result) => {
      ended(result);
      return result;
    },
    (error) => {
      failed(error);
      throw error;
    },
  );
}

/** Makes `watching` look like the function that it stands for: name, number of parameters and what else that has. */
export function dressAs(original: Watchable, watching: Watchable): void {
  // all but what makes it a constructor, and what old JavaScript gives each of its own
  const {
    prototype: _,
    arguments: __,
    caller: ___,
    ...own
  } = Object.getOwnPropertyDescriptors(original) as PropertyDescriptorMap;
  Object.defineProperties(watching, own);
}

/** Other thenables may do their work only when somebody asks for it with `then`, a query builder for one. */
function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
