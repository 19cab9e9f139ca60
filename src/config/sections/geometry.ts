import { z } from '../../foundation/validate.js';
import { identifier, real, text } from '../key-types.js';

const corner = z.tuple([
  real(0, 1, { description: '0 is the left edge of the picture, 1 the right one.' }),
  real(0, 1, { description: '0 is the top edge, 1 the bottom.' }),
]);

/** A ring of corners; the last one joins the first. */
export const polygon = z.array(corner).min(3).max(64);

/** A line over which vehicles are counted. */
export const line = z.strictObject({
  id: identifier({ description: 'Name of the line in events; unique on the camera.' }),
  from: corner.meta({ description: 'One end as [x, y] in shares of the picture, 0 to 1.' }),
  to: corner.meta({
    description: 'The other end. Seen from `from` towards `to`, a vehicle crosses to the left or to the right.',
  }),
  left: text({ description: 'What crossing to the left is called in events, e.g. northbound.' }).default('left'),
  right: text({ description: 'What crossing to the right is called in events.' }).default('right'),
});

/** An area whose vehicles are counted. */
export const zone = z.strictObject({
  id: identifier({ description: 'Name of the zone in events; unique on the camera.' }),
  polygon: polygon.meta({
    description:
      'Corners as [[x, y], …] in shares of the picture; a vehicle is in it while the middle of its lower edge is.',
  }),
});
