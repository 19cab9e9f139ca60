import { z } from '../../foundation/validate.js';
import { identifier, int, real, text } from '../key-types.js';
import { VALIDITY_HOURS_IN_WORDS, validityHours } from '../validity-hours.js';

/** What a vehicle can offend against. */
export const OFFENCES = ['wrong-way', 'no-stopping', 'class-lane', 'u-turn', 'red-light'] as const;

const classNames = z.array(text({ description: 'Name of a class, as events tell it.' })).max(32);

/** Something that vehicles may not do, at a line or in a zone of the camera. */
export const infractionRule = z.strictObject({
  id: identifier({ description: 'Name of the rule in events; unique on the camera.' }),
  offence: z.enum(OFFENCES).meta({
    description:
      'What is told: wrong-way (crossing the line in that direction), no-stopping (standing in the zone), class-lane (driving in the zone), u-turn, red-light (crossing the line in that direction on red).',
  }),
  line: identifier({ description: 'wrong-way, red-light: which of `lines`.' }).optional(),
  direction: text({
    description:
      'wrong-way: the direction that is forbidden; red-light: the one that the signal is for. One of the names that the line gives its sides.',
  }).optional(),
  zone: identifier({
    description:
      'no-stopping, class-lane: which of `zones`; u-turn: where it is forbidden, unset in the whole picture.',
  }).optional(),
  classes: classNames
    .min(1)
    .optional()
    .meta({ description: 'Classes that it holds for; unset: all. class-lane: those that may not be there.' }),
  except: classNames
    .min(1)
    .optional()
    .meta({ description: 'Classes that it does not hold for. class-lane: those whose lane it is.' }),
  during: z
    .string()
    .refine((said) => validityHours(said) !== null, `expected ${VALIDITY_HOURS_IN_WORDS}`)
    .optional()
    .meta({
      description:
        'When it holds, by the local time of this machine: 07:00-19:00 mon-fri, 07:00-09:00,16:00-19:00, sat,sun; 22:00-06:00 ends on the next day. Unset: always.',
    }),
  longerThanS: real(0.5, 86_400, {
    unit: 's',
    description:
      'no-stopping: how long a vehicle may stand; unset: 30. class-lane: how long it may be in the zone; unset: 1.5.',
  }).optional(),
  turnDeg: real(90, 180, {
    unit: 'degrees',
    description: 'u-turn: by how much the way of the vehicle must turn in the picture; unset: 140.',
  }).optional(),
  signal: identifier({
    description: 'red-light: name of the signal whose state comes in as signal/<name>.',
  }).optional(),
  graceMs: int(0, 10_000, {
    unit: 'ms',
    description: 'red-light: so long after the change to red crossing is no offence; unset: 500.',
  }).optional(),
  yellowAfterMs: int(0, 30_000, {
    unit: 'ms',
    description: 'red-light: crossing on yellow is an offence too once it has been shown for so long; unset: never.',
  }).optional(),
  signalMaxAgeS: real(0.2, 600, {
    unit: 's',
    description:
      'red-light: when the signal was last heard of longer ago, nobody knows what it shows, and nothing is told; unset: 5.',
  }).optional(),
});
