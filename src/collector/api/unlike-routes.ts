import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { apiRoute } from '../../http/api-route.js';
import type { FleetSnapshots } from '../overview/fleet-snapshot.js';
import { compareFleet } from '../unlike/compared-fleet.js';
import { differenceInWords, SENTENCE_LANGUAGES } from '../unlike/sentences.js';
import { COMPARED_NAMES, type ComparedName, LEAST_OF_A_KIND } from '../unlike/unlike.js';
import { limitWord } from './fleet-fields.js';

const count = z.int().min(0);

const unlikeReply = z.object({
  at: z.int().meta({ description: 'Unix ms.' }),
  compared: count.meta({ description: 'Devices that were compared.' }),
  left: count.meta({ description: 'That are not online, or told no metrics of late.' }),
  tooFew: count.meta({ description: `Of kinds with fewer than ${LEAST_OF_A_KIND} devices.` }),
  found: count.meta({ description: 'All that are unlike the others of their kind.' }),
  devices: z
    .array(
      z.object({
        site: z.string(),
        device: z.string(),
        kind: z.string().meta({ description: 'Board, provider, model and variant: with whom it is compared.' }),
        among: count,
        score: z.number().meta({ description: 'The larger, the more unlike.' }),
        differences: z.array(
          z.object({
            name: z.enum(COMPARED_NAMES as [ComparedName, ...ComparedName[]]),
            value: z.number(),
            median: z.number(),
            times: z.number().meta({ description: 'Usual spreads above the median; negative: below.' }),
            isWorse: z.boolean(),
            sentence: z.string(),
          }),
        ),
      }),
    )
    .meta({ description: 'The most unlike first.' }),
});

export type UnlikeReply = z.infer<typeof unlikeReply>;

/** Which devices are unlike the rest. */
export function unlikeRoutes(snapshots: () => FleetSnapshots): HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/fleet/unlike',
      summary: 'Devices that are unlike the others of their kind, and why, in figures and in sentences.',
      query: z.strictObject({
        limit: limitWord(100, 5),
        worse: z
          .enum(['true', 'false'])
          .default('false')
          .meta({ description: 'Only those that are worse in something.' }),
        language: z.enum(SENTENCE_LANGUAGES).default('en').meta({ description: 'Of the sentences.' }),
      }),
      reply: unlikeReply,
      handle: async ({ query }) => {
        const snapshot = await snapshots().latest();
        const { unlike, ...counts } = compareFleet(snapshot);
        const wanted =
          query.worse === 'true'
            ? unlike.filter(({ differences }) => differences.some(({ isWorse }) => isWorse))
            : unlike;
        return {
          at: snapshot.at,
          ...counts,
          found: wanted.length,
          devices: wanted.slice(0, query.limit).map(({ whose, differences, ...rest }) => ({
            site: whose.device.site,
            device: whose.device.device,
            ...rest,
            differences: differences.map((one) => ({ ...one, sentence: differenceInWords(one, query.language) })),
          })),
        };
      },
    }),
  ];
}
