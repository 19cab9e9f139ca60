import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { apiRoute } from '../../http/api-route.js';

const hour = z.object({
  at: z.number().meta({ description: 'Unix ms at which it begins.' }),
  expected: z.number().meta({ description: 'Vehicles.' }),
  low: z
    .number()
    .nullable()
    .meta({ description: 'In 9 of 10 hours there are as many or more; null: too little of the past.' }),
  high: z
    .number()
    .nullable()
    .meta({ description: 'In 9 of 10 hours there are as many or fewer; null: too little of the past.' }),
});

const forecastReply = z.object({
  state: z
    .enum(['computing', 'done', 'failed'])
    .meta({ description: 'While it is computed: ask again in some seconds.' }),
  failure: z.string().nullable().meta({ description: 'Why it could not be computed, in words.' }),
  madeAt: z.number().nullable().meta({ description: 'Unix ms; it is as good until the hour is over.' }),
  confidence: z.number().meta({ description: 'Share of the hours that lie between low and high.' }),
  hoursNeeded: z.number().meta({ description: 'Hours of the past that must be known.' }),
  timeZone: z.string().meta({ description: 'IANA name of the time that the device lives in.' }),
  places: z.array(
    z.object({
      camera: z.string(),
      place: z.string().meta({ description: 'Line or zone.' }),
      direction: z.string().meta({ description: 'Of a line; `entered` of a zone.' }),
      hours: z
        .array(hour)
        .nullable()
        .meta({ description: 'The next 24, from the one that is not over; null with its reason.' }),
      reason: z.enum(['too-little-history']).nullable(),
      hoursKnown: z.number().meta({ description: 'Hours of the last nine weeks of which something is known.' }),
    }),
  ),
});

/** The 24 hours to come at each line and zone, or how far that is. */
export type TrafficForecast = z.infer<typeof forecastReply>;

/** What the route asks. */
export interface TrafficForecastPort {
  /** Never waits for what has to be computed. */
  forecast(viewer: Viewer): TrafficForecast;
}

/** `GET /api/v1/traffic/forecast`. */
export function trafficForecastRoutes(port: TrafficForecastPort): readonly HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/traffic/forecast',
      openTo: 'tenants',
      summary: 'Vehicles that are expected in each of the next 24 hours, with bounds',
      reply: forecastReply,
      handle: ({ viewer }) => port.forecast(viewer),
    }),
  ];
}
