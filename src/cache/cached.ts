import type { EntryOptions } from './options.js';

export interface CachedOptions<Args extends readonly never[] | readonly unknown[] = readonly unknown[]>
  extends EntryOptions {
  /** Begins every key. Default: `Class.method` or the function's name; anonymous functions need one. */
  readonly keyPrefix?: string;
  /** The rest of the key; default: the arguments as JSON. Called with the method's `this`. */
  readonly key?: (...args: Args) => string;
}

type Callable<This, Args extends unknown[], Value> = (this: This, ...args: Args) => Value;
type Cached<This, Args extends unknown[], Value> = (this: This, ...args: Args) => Promise<Awaited<Value>>;

/** What computes each key once: `Cache`, and `SharedCache`. */
export interface ComputingCache {
  getOrSet<T>(key: string, factory: () => T | Promise<T>, options?: EntryOptions): Promise<T>;
}

/**
 * `cached` for a cache: `const cached = cachedWith(cache)`, then `cached({ ttl: 1000 })(loadPlan)` wraps a function and
 * `@cached({ ttl: 1000 })` a method. Both answer with a promise.
 *
 * Methods of all instances share their entries, unless `key` tells them apart.
 */
export function cachedWith(cache: ComputingCache) {
  return cachedIn(() => cache);
}

/** The same for whatever cache is the right one at the time of a call. */
export function cachedIn(current: () => ComputingCache) {
  return function cached<KeyArgs extends unknown[] = never[]>(options: CachedOptions<KeyArgs> = {}) {
    return function wrap<This, Args extends unknown[], Value>(
      original: Callable<This, Args, Value>,
      context?: ClassMethodDecoratorContext<This, Callable<This, Args, Value>>,
    ): Cached<This, Args, Value> {
      const name = nameOf(options.keyPrefix ?? String(context?.name ?? original.name));
      const named = options.keyPrefix !== undefined || context === undefined;
      const key = options.key as unknown as Callable<This, Args, string> | undefined;
      return async function (this: This, ...args: Args): Promise<Awaited<Value>> {
        const prefix = named ? name : `${classOf(this)}.${name}`;
        const rest = key ? key.apply(this, args) : keyOf(prefix, args);
        const compute = () => original.apply(this, args) as Awaited<Value> | Promise<Awaited<Value>>;
        return current().getOrSet<Awaited<Value>>(`${prefix}:${rest}`, compute, options);
      };
    };
  };
}

function nameOf(name: string): string {
  if (name !== '') return name;
  throw new TypeError('an anonymous function cannot be cached by its name: give keyPrefix');
}

/** Known only when the method is called: a decorator sees the method before its class exists. */
function classOf(self: unknown): string {
  if (typeof self === 'function') return self.name;
  return (self as object | null)?.constructor?.name ?? '';
}

/** Arguments as JSON, where JSON tells any two of them apart. */
function keyOf(prefix: string, args: readonly unknown[]): string {
  return JSON.stringify(args, (_name, value: unknown) => {
    const type = typeof value;
    const plain = value === null || type === 'string' || type === 'boolean' || Number.isFinite(value);
    if (plain || Array.isArray(value) || isRecord(value)) return value;
    throw new TypeError(`${prefix}: an argument is no plain data, give \`key\` to make a key of it`);
  });
}

function isRecord(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
