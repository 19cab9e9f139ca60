import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { CONNECTION_QUALITIES } from '../../frame/connection-quality.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { problemReply } from '../../http/server.js';
import { CAMERA_REASONS } from './camera-reasons.js';

const amount = z.number().nullable();
const point = z.tuple([z.number(), z.number()]).meta({ description: '[x, y] in shares of the picture.' });
const counts = z.record(z.string(), z.number());

const reason = z.object({
  code: z.enum(CAMERA_REASONS),
  severity: z.enum(['bad', 'warning', 'info']),
  detail: z.string().nullable(),
});

const cameraNow = z.object({
  id: z.string(),
  tenant: z.string().nullable(),
  source: z.string().meta({ description: 'Where it is read from, credentials masked.' }),
  state: z.string(),
  paused: z.object({ since: z.number(), until: z.number().nullable() }).nullable(),
  connectionQuality: z.enum(CONNECTION_QUALITIES),
  reconnectsLastHour: z.number(),
  lastError: z.string().nullable(),
  plausibility: z.string().nullable(),
  capturedFps: amount,
  expectedFps: amount,
  answeredFps: amount,
  latencyMs: z.object({ p50: amount, p95: amount }).meta({ description: 'Capture to answer, over the last seconds.' }),
  estimatedF1: amount,
  captured: z.number(),
  answered: counts.meta({ description: 'Answers since the start, by origin.' }),
  dropped: counts.meta({ description: 'Frames without an answer since the start, by cause.' }),
  vehicles: counts,
  vehiclesSeen: z.number(),
  lastVehicleAt: z.number().nullable().meta({ description: 'Unix ms; null: none since the start.' }),
  reasons: z.array(reason),
  alerts: z.array(
    z.object({ code: z.string(), severity: z.string(), message: z.string(), action: z.string(), since: z.number() }),
  ),
  lines: z.array(z.object({ id: z.string(), from: point, to: point, left: z.string(), right: z.string(), counts })),
  zones: z.array(z.object({ id: z.string(), polygon: z.array(point), vehicles: z.number().nullable() })),
  masks: z.array(z.array(point)),
});

const camerasReply = z.object({
  at: z.number(),
  uptimeS: z.number(),
  isDetecting: z.boolean(),
  detector: z
    .object({
      model: z.string(),
      variant: z.string(),
      provider: z.string().nullable(),
      refusedProviders: z.array(z.string()),
      problem: z.string().nullable(),
      scoreThreshold: z.number(),
      classes: z.array(z.string()),
    })
    .nullable()
    .meta({ description: 'What answers; null for a tenant.' }),
  cameras: z.array(cameraNow),
});

/** What a camera is doing now, as the page shows it. */
export type CameraNow = z.infer<typeof cameraNow>;
export type CamerasReply = z.infer<typeof camerasReply>;

/** One vehicle of a live answer: corners in pixels of the source, score, name of the class, number of the track. */
export type LiveBox = readonly [
  x1: number,
  y1: number,
  x2: number,
  y2: number,
  score: number,
  label: string,
  track: number,
];

/** The latest answer of a camera, as an event of the stream has it. */
export interface LiveAnswer {
  readonly camera: string;
  readonly seq: number;
  /** Unix ms. */
  readonly capturedAt: number;
  /** Pixels of the source. */
  readonly width: number;
  readonly height: number;
  readonly origin: string;
  readonly ageMs: number;
  /** 0..1 */
  readonly confidence: number;
  readonly latencyMs: number;
  readonly boxes: readonly LiveBox[];
}

/** A picture of a camera for the page. */
export interface LivePicture {
  readonly jpeg: Uint8Array<ArrayBuffer>;
  /** To this very picture. */
  readonly answer: LiveAnswer;
}

export interface NowPort {
  /** What the viewer may see. */
  cameras(viewer: Viewer): CamerasReply;
  /** Why no picture of the camera may come, for people; null where one may. */
  obstacleToPicture(camera: string): string | null;
  hasCamera(camera: string): boolean;
  /** The newest picture; null where none came in time, or too many wait. */
  picture(camera: string, signal: AbortSignal): Promise<LivePicture | null>;
  /** A stream of the latest answers; null where too many are open. */
  stream(viewer: Viewer, signal: AbortSignal): HttpReply | null;
}

/** Boxes that a header has: browsers and proxies take some kilobytes. */
const MOST_BOXES_OF_HEADER = 50;

/** What the page of cameras fetches. */
export function nowRoutes(port: NowPort): readonly HttpRoute[] {
  return [
    apiRoute({
      path: '/api/v1/cameras',
      openTo: 'tenants',
      summary: 'What each camera is doing now, and why it has no vehicles where it has none.',
      reply: camerasReply,
      handle: ({ viewer }) => port.cameras(viewer),
    }),
    {
      path: '/api/v1/cameras/:camera/picture',
      openTo: 'tenants',
      api: {
        summary:
          'The newest picture of a camera: two a second, 640 pixels wide and 60 kB at most; the answer to it in the header x-answer, as JSON in percent-encoding.',
        contentType: 'image/jpeg',
      },
      handle: (_query, viewer, { params, signal }) => picture(port, viewer, params['camera']!, signal),
    },
    {
      path: '/api/v1/cameras/live',
      openTo: 'tenants',
      api: {
        summary: 'Five times a second, the latest answers of the cameras: events `answers`, each a list in JSON.',
        contentType: 'text/event-stream',
      },
      handle: (_query, viewer, { signal }) =>
        port.stream(viewer, signal) ?? problemReply(['too many pages are open: close some'], 503),
    },
  ];
}

async function picture(port: NowPort, viewer: Viewer, camera: string, signal: AbortSignal): Promise<HttpReply> {
  try {
    if (!viewer.sees(camera) || !port.hasCamera(camera))
      throw new ApiRefusal(404, 'camera: there is none of that name');
    const obstacle = port.obstacleToPicture(camera);
    if (obstacle !== null) throw new ApiRefusal(409, obstacle);
    const newest = await port.picture(camera, signal);
    if (newest === null) throw new ApiRefusal(503, `no picture of ${camera} came within some seconds`);
    const { jpeg, answer } = newest;
    const told = { ...answer, boxes: answer.boxes.slice(0, MOST_BOXES_OF_HEADER) };
    // names of classes may be in any script
    const headers = { 'cache-control': 'no-store', 'x-answer': encodeURIComponent(JSON.stringify(told)) };
    return { contentType: 'image/jpeg', body: jpeg, headers };
  } catch (error) {
    if (error instanceof ApiRefusal) return problemReply([error.message], error.status);
    throw error;
  }
}
