import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { trialLine } from './trial-line.js';

const number = z.number().nullable();
const evictions = z.object({
  budget: z.number(),
  expired: z.number(),
  invalidated: z.number(),
  tooLarge: z.number(),
  corrupt: z.number(),
});

const tier = z.object({
  tier: z.enum(['memory', 'disk']),
  state: z.string().nullable().meta({ description: 'Of the disk: ok, degraded, closed; null of memory.' }),
  hits: z.number(),
  misses: z.number(),
  hitRatio: number,
  entries: z.number(),
  bytes: z.number(),
  maxBytes: z.number(),
  meanLatencyMs: number,
  evictions,
});

const cacheShape = z.object({
  id: z.string().meta({ description: '`device`, or the id of the tenant whose it is.' }),
  strategy: z.string().nullable().meta({ description: 'What leaves memory first; null: no memory tier.' }),
  tiers: z.array(tier),
  joined: z.number(),
  staleServed: z.number(),
  refreshesFailed: z.number(),
  tags: z
    .array(z.object({ tag: z.string(), entries: z.number() }))
    .meta({ description: 'Of the entries in memory, the most frequent.' }),
  tagsCounted: z.number().meta({ description: 'Entries that were looked at for them.' }),
});

const ghost = z.object({ strategy: z.string(), maxBytes: z.number(), hitRatio: number });

const cacheReply = z.object({
  at: z.number(),
  caches: z.array(cacheShape),
  ghosts: z
    .object({
      minutes: z.number().meta({ description: 'Over which it was simulated.' }),
      share: z.number().meta({ description: 'Of the keys that was simulated, 0..1.' }),
      lookups: z.number(),
      now: z.object({ strategy: z.string(), maxBytes: z.number() }),
      curves: z.array(ghost),
    })
    .nullable()
    .meta({
      description:
        "What other strategies and budgets would find of the lookups in the device's memory tier; null: not simulated.",
    }),
  ghostsOff: z.enum(['off', 'no-memory', 'too-few']).nullable().meta({
    description:
      'Why nothing is simulated: optimization.cache is off, there is no memory tier, too little was looked up yet.',
  }),
  trials: z.array(trialLine),
});
export type CacheReply = z.infer<typeof cacheReply>;
export type CacheView = CacheReply['caches'][number];

const invalidateBody = z
  .strictObject({
    cache: z.string().min(1).max(200).meta({ description: '`device`, the id of a tenant, or `every`.' }),
    tags: z.array(z.string().min(1).max(256)).min(1).max(100).optional(),
    all: z.literal(true).optional().meta({ description: 'Everything that is there, whatever its tags.' }),
  })
  .refine(({ tags, all }) => (tags === undefined) !== (all === undefined), 'expected either tags or all');
export type InvalidateBody = z.infer<typeof invalidateBody>;

const invalidated = z.object({ caches: z.array(z.string()), tags: z.number(), all: z.boolean() });
export type InvalidatedReply = z.infer<typeof invalidated>;

/** What the page about caches is made of. */
export interface CachePort {
  readonly caches: () => CacheReply;
  /** @returns ids of the caches that it was done in; null: there is no such cache */
  readonly invalidate: (body: InvalidateBody) => readonly string[] | null;
}

/** `GET /api/v1/cache`, and `POST /api/v1/cache/invalidate`. */
export function cacheRoutes({ caches, invalidate }: CachePort): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/cache',
      summary: 'The caches: what their tiers found, hold and let go, and what more memory would bring',
      reply: cacheReply,
      handle: () => caches(),
    }),
    apiRoute({
      path: '/api/v1/cache/invalidate',
      method: 'POST',
      summary: 'Forgets what is cached under tags, or all of it',
      body: invalidateBody,
      reply: invalidated,
      handle: ({ body }) => {
        const done = invalidate(body);
        if (done === null)
          throw new ApiRefusal(404, `cache: expected device, every or the id of a tenant, got ${body.cache}`);
        return { caches: [...done], tags: body.tags?.length ?? 0, all: body.all ?? false };
      },
    }),
  ] as HttpRoute[];
}
