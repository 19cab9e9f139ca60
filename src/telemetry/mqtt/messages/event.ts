import { z } from '../../../foundation/validate.js';
import type { EventKind } from '../../../frame/event-kind.js';
import { ORIGINS } from '../../../frame/frame-result.js';
import type { Offence } from '../../../frame/offence.js';
import { SIGNAL_STATES } from '../../../frame/signal-state.js';
import { numbered, topicLevel } from './head.js';

const pixels = z.number().meta({ description: "In pixels of the camera's own picture." });

const origin = z.enum(ORIGINS).meta({ description: 'Where the answer came from.' });

const box = z.tuple([pixels, pixels, pixels, pixels]);

const vehicle = z.object({
  trackId: z.int().meta({
    description: 'The same for the same vehicle in all its events; unique on the camera until the program restarts.',
  }),
  class: z.string().min(1),
  score: z.number().min(0).max(1).optional(),
  box: box.meta({ description: 'x1, y1, x2, y2.' }).optional(),
});

const sighted = {
  ...numbered,
  camera: topicLevel('Camera that saw it.'),
  capturedAt: z.int().min(0).meta({ description: 'Unix ms of the frame.' }),
  vehicle: vehicle.meta({
    description: 'The vehicle as it was last seen; score and box only with publish.eventDetail: full.',
  }),
  // only with publish.eventDetail: full
  frame: z.int().min(0).meta({ description: 'Sequence number of the frame.' }).optional(),
  origin: origin.optional(),
  ageMs: z
    .number()
    .min(0)
    .meta({ description: 'Age in ms of the inference behind it, 0 for an inferred frame.' })
    .optional(),
  confidence: z
    .number()
    .min(0)
    .max(1)
    .meta({
      description: 'F1 against an inference of this frame that the answer is expected to have; 1 for an inferred one.',
    })
    .optional(),
  latencyMs: z.number().min(0).meta({ description: 'From capture to the answer, in ms.' }).optional(),
  counts: z
    .record(z.string(), z.int().min(0))
    .meta({ description: 'Vehicles before the camera now, by class.' })
    .optional(),
};

const line = z.string().min(1).meta({ description: 'Id of the line.' });
const zone = z.string().min(1).meta({ description: 'Id of the zone.' });
const occupancy = z.int().min(0).meta({ description: 'Vehicles in the zone afterwards.' });
const duration = (description: string) => z.int().min(0).meta({ description });

const infraction = {
  kind: z.literal('infraction'),
  ...sighted,
  rule: z.string().min(1).meta({ description: 'Id of the rule.' }),
  certainty: z.number().min(0).max(1).meta({
    description: 'How far what was seen bears the verdict out; not the probability that a court would.',
  }),
  atMs: z.int().min(0).meta({ description: 'Unix ms at which the act began, as far as it was seen.' }),
  path: z
    .array(z.tuple([pixels, pixels]))
    .max(16)
    .meta({ description: 'Where the vehicle touched the road, x and y, oldest first.' }),
};

const direction = z.string().min(1).meta({ description: 'What the configuration calls this side of the line.' });
const share = z.number().min(0).max(1);

/** A vehicle broke a rule of the configuration. */
const infractions = z.discriminatedUnion('offence', [
  z.object({
    offence: z.literal('wrong-way'),
    ...infraction,
    line,
    direction,
    angleDeg: z.number().min(0).max(180).meta({ description: 'Between its way and the line: 90 is straight across.' }),
  }),
  z.object({
    offence: z.literal('no-stopping'),
    ...infraction,
    zone,
    stoodMs: duration('How long it has been standing in the zone, in ms.'),
    inZone: share.meta({ description: 'Share of its lower edge that was in the zone, on average.' }),
  }),
  z.object({
    offence: z.literal('class-lane'),
    ...infraction,
    zone,
    stayedMs: duration('How long it has been in the zone, in ms.'),
    classShare: share.meta({
      description: 'Share of the sightings, by score, in which it was of a class that may not.',
    }),
  }),
  z.object({
    offence: z.literal('u-turn'),
    ...infraction,
    zone: zone.nullable().meta({ description: 'Id of the zone; null where the rule holds in the whole picture.' }),
    turnedDeg: z.number().min(0).max(360).meta({ description: 'By how much its way turned, in the picture.' }),
  }),
  z.object({
    offence: z.literal('red-light'),
    ...infraction,
    line,
    direction,
    signal: z
      .object({
        id: z.string().min(1),
        state: z.enum(SIGNAL_STATES),
        sinceMs: duration('How long it had shown that when the line was crossed, in ms.'),
        ageMs: duration('How old the word of it was then, in ms.'),
      })
      .meta({ description: 'What the signal showed when the vehicle crossed.' }),
  }),
]) satisfies z.ZodType<{ offence: Offence }>;

/** `event/<camera>`. */
export const event = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('appeared'), ...sighted }),
  z.object({
    kind: z.literal('left'),
    ...sighted,
    seenMs: duration('How long it was seen, in ms.'),
    firstBox: box.meta({ description: 'x1, y1, x2, y2 where it was seen first.' }).optional(),
  }),
  z.object({ kind: z.literal('stopped'), ...sighted, stoodMs: duration('How long it has been standing, in ms.') }),
  z.object({ kind: z.literal('moved'), ...sighted, stoodMs: duration('How long it stood, in ms.') }),
  z.object({
    kind: z.literal('crossed'),
    ...sighted,
    line,
    direction,
    total: z.int().min(1).meta({
      description: 'How often the line was crossed in this direction, by all classes, over all runs of the program.',
    }),
  }),
  z.object({ kind: z.literal('entered'), ...sighted, zone, occupancy }),
  z.object({
    kind: z.literal('exited'),
    ...sighted,
    zone,
    occupancy,
    stayedMs: duration('How long it was in the zone, in ms.'),
  }),
  infractions,
]) satisfies z.ZodType<{ kind: EventKind }>;

/** An event as it is published: `camera` and the head are added then. */
export type PublishedEvent = WithoutKeys<z.infer<typeof event>, 'camera' | keyof typeof numbered>;
/** An event as its maker hands it in, with all that is known of it. */
export type EventPayload = InFull<PublishedEvent>;
/** `Omit` for each member of a union. */
type WithoutKeys<T, K extends string> = T extends unknown ? Omit<T, K> : never;
/** `Required` for each member of a union, and for its vehicle. */
type InFull<T> = T extends { vehicle: infer V } ? Omit<Required<T>, 'vehicle'> & { vehicle: Required<V> } : never;
