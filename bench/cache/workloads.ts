import type { Contender, OpenCache } from './contender.js';

export interface Workload {
  readonly name: string;
  /** Microseconds per operation, in a fresh folder. */
  run(contender: Contender, folder: string): Promise<number>;
}

const IN_MEMORY = 20_000;
const ON_DISK = 2000;
const STAMPEDES = 50;
const CALLERS = 100;

/** What scenes' answers are kept under. */
export const keys = Array.from({ length: IN_MEMORY }, (_, i) => `camera:${i % 8}:scene:${i}`);

/** About 250 bytes of JSON: what a scene's answer might be. */
export const values = keys.map((key, i) => ({
  key,
  capturedAt: 1_700_000_000_000 + i,
  origin: 'inferred',
  model: 'roadside-n',
  counts: { car: i % 7, truck: i % 3, bus: 0 },
  boxes: [i, 20.5, 300.25, 120.75, 0.875, 2, i + 1, 60.5, 310, 180, 0.75, 1],
}));

/** Writes the first of the values. */
export const fill = async (cache: OpenCache, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await cache.set(keys[i]!, values[i]);
  await cache.settle();
};

/** Reads every key and makes sure that it is there. */
export const readAll = async (cache: OpenCache, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const value = (await cache.get(keys[i]!)) as { key?: string } | undefined;
    if (value?.key !== keys[i]) throw new Error(`${keys[i]} was not found`);
  }
};

/** Microseconds per operation of `work`. */
export const timed = async (operations: number, work: () => Promise<void>): Promise<number> => {
  const begun = performance.now();
  await work();
  return ((performance.now() - begun) * 1000) / operations;
};

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'memory-get',
    run: async (contender, folder) => {
      const cache = await contender.open('memory', folder);
      await fill(cache, IN_MEMORY);
      const time = await timed(IN_MEMORY, () => readAll(cache, IN_MEMORY));
      await cache.close();
      return time;
    },
  },
  {
    name: 'memory-set',
    run: async (contender, folder) => {
      const cache = await contender.open('memory', folder);
      const time = await timed(IN_MEMORY, () => fill(cache, IN_MEMORY));
      await cache.close();
      return time;
    },
  },
  {
    name: 'disk-get',
    run: async (contender, folder) => {
      await stored(contender, 'disk', folder);
      const cache = await contender.open('disk', folder);
      const time = await timed(ON_DISK, () => readAll(cache, ON_DISK));
      await cache.close();
      return time;
    },
  },
  {
    name: 'disk-set',
    run: async (contender, folder) => {
      const cache = await contender.open('disk', folder);
      const time = await timed(ON_DISK, () => fill(cache, ON_DISK));
      await cache.close();
      return time;
    },
  },
  {
    // a restart: the first read of each value comes from disk, the second from memory
    name: 'two-tier-hit',
    run: async (contender, folder) => {
      await stored(contender, 'both', folder);
      const cache = await contender.open('both', folder);
      const time = await timed(2 * ON_DISK, async () => {
        await readAll(cache, ON_DISK);
        await readAll(cache, ON_DISK);
      });
      await cache.close();
      return time;
    },
  },
  {
    // microseconds per caller; the factory gives way to the event loop once
    name: 'stampede-100',
    run: async (contender, folder) => {
      const cache = await contender.open('memory', folder);
      let computed = 0;
      const factory = async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return values[computed++];
      };
      const time = await timed(STAMPEDES * CALLERS, async () => {
        for (let i = 0; i < STAMPEDES; i++) {
          await Promise.all(Array.from({ length: CALLERS }, () => cache.getOrSet(keys[i]!, factory)));
        }
      });
      if (computed !== STAMPEDES) throw new Error(`${contender.name} computed ${computed} times, not ${STAMPEDES}`);
      await cache.close();
      return time;
    },
  },
];

async function stored(contender: Contender, tiers: 'disk' | 'both', folder: string): Promise<void> {
  const cache = await contender.open(tiers, folder);
  await fill(cache, ON_DISK);
  await cache.close();
}
