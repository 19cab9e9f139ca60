import { createHash } from 'node:crypto';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { IDENTIFIER } from '../../foundation/identifier.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { problemReply } from '../../http/server.js';
import type { ActionDesk } from '../actions/fleet-actions.js';
import type { FleetStore } from '../store/fleet-store.js';
import { PICTURE_HEADERS, pictureType, ROLES } from './device-evidence.js';
import { deviceNamed } from './fleet-fields.js';

/** What the routes of evidence on request look at. */
export interface AskedEvidenceView {
  readonly store: FleetStore;
  readonly actions: Pick<ActionDesk, 'ask'>;
}

const PATH = '/api/v1/fleet/devices/:site/:device/evidence/ask';
const MOST_LISTED = 50;
const MOST_PICTURE_BYTES = 400_000;

const recordId = z.string().regex(/^[0-9a-f]{16}-[1-9]\d{0,9}$/);
const unixMs = z.int().min(0);
const word = z.string().max(200);

const listAsked = z.strictObject({
  camera: z.string().regex(IDENTIFIER).optional().meta({ description: 'Only of this camera.' }),
  since: unixMs.optional().meta({ description: 'Unix ms by the clock of the device: only from then on.' }),
  limit: z.int().min(1).max(MOST_LISTED).default(12).meta({ description: 'The newest so many.' }),
});

const pictureAsked = z.strictObject({
  id: recordId.meta({ description: 'Of the record, as the list has it.' }),
  picture: z.enum(ROLES).meta({ description: 'The whole scene, or the vehicle.' }),
});

const askedRecord = z.object({
  id: recordId,
  at: unixMs.meta({ description: 'Unix ms by the clock of the device: when it was written.' }),
  camera: word,
  tenant: word.nullable(),
  kind: word.meta({ description: 'What the event was; of an infraction, which.' }),
  vehicle: word.meta({ description: 'Class of the vehicle.' }),
  pictures: z.array(z.object({ role: z.enum(ROLES), bytes: z.int().min(1) })),
});

const askedEvidenceReply = z.object({
  records: z.array(askedRecord).meta({ description: 'Newest first.' }),
  unreadable: z.int().min(0).meta({ description: 'Records that are not as devices make them.' }),
});
export type AskedEvidenceReply = z.infer<typeof askedEvidenceReply>;

/** What a device lists, as far as it is shown; nothing in it is believed. */
const listedRecord = z
  .object({
    id: recordId,
    record: z.object({
      at: unixMs,
      camera: word,
      tenant: word.nullable(),
      event: z.object({ kind: word, offence: word.optional() }),
      vehicle: z.object({ class: word }),
      pictures: z.array(z.object({ role: z.enum(ROLES), bytes: z.int().min(1) })).max(4),
    }),
  })
  .transform(({ id, record: { at, camera, tenant, event, vehicle, pictures } }) => ({
    ...{ id, at, camera, tenant, pictures },
    kind: event.offence ?? event.kind,
    vehicle: vehicle.class,
  }));

/** Evidence that operators ask devices for, and that nobody else is shown: it goes from the device to who asked, and is kept nowhere. */
export function askedEvidenceRoutes(view: AskedEvidenceView): HttpRoute[] {
  return [
    apiRoute({
      path: PATH,
      method: 'POST',
      summary: 'Asks a device which evidence it keeps; its answer is waited for, and kept nowhere.',
      body: listAsked,
      reply: askedEvidenceReply,
      handle: async ({ params, body, viewer }) => {
        const { evidence } = await answered(view, params, body, viewer);
        if (!Array.isArray(evidence)) throw new ApiRefusal(503, NOT_AS_EXPECTED);
        const records = evidence.slice(0, MOST_LISTED).map((one) => listedRecord.safeParse(one));
        const read = records.flatMap(({ data }) => data ?? []);
        return { records: read, unreadable: records.length - read.length };
      },
    }),
    {
      path: `${PATH}/picture`,
      method: 'POST',
      api: {
        summary: 'Asks a device for one picture of its evidence, which is kept nowhere.',
        body: z.toJSONSchema(pictureAsked, { io: 'input' }),
        contentType: 'image/*',
      },
      handle: async (_query, viewer, { params, body }): Promise<HttpReply> => {
        const asked = pictureAsked.safeParse(body);
        if (!asked.success) return problemReply(asked.error.issues.map(({ path, message }) => `${path}: ${message}`));
        try {
          const picture = pictureIn(await answered(view, params, asked.data, viewer));
          return { ...picture, headers: PICTURE_HEADERS };
        } catch (error) {
          if (error instanceof ApiRefusal) return problemReply([error.message], error.status);
          throw error;
        }
      },
    },
  ];
}

/** @throws ApiRefusal in words for whoever asked; as the store does */
async function answered(
  { store, actions }: AskedEvidenceView,
  params: Readonly<Record<string, string>>,
  body: Readonly<Record<string, unknown>>,
  viewer: Viewer,
): Promise<Readonly<Record<string, unknown>>> {
  const { site, device, tenant } = await deviceNamed(store, params, viewer);
  if (tenant !== null)
    throw new ApiRefusal(
      409,
      `${site}/${device} is what a tenant is told: ask the device itself, which has the cameras`,
    );
  const question = { site, device, command: 'evidence', body };
  const answer = await actions.ask(question, viewer.name ?? 'operator');
  if (answer === null)
    throw new ApiRefusal(503, `${site}/${device} has not answered yet: ask again, and be told what came meanwhile`);
  const { ok, error = 'it failed', refused, result = {} } = answer;
  if (refused !== undefined) throw new ApiRefusal(409, `the device refuses it (${refused}): ${error}`);
  if (!ok) throw new ApiRefusal(409, error);
  return result;
}

const NOT_AS_EXPECTED = 'what the device answered is no evidence: its program may be of another version';

/** @throws ApiRefusal where it is no picture, or not the one that the device says */
function pictureIn({ jpeg, image, sha256 }: Readonly<Record<string, unknown>>) {
  const data = jpeg ?? image;
  if (typeof data !== 'string') throw new ApiRefusal(503, NOT_AS_EXPECTED);
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  const contentType = pictureType(bytes);
  if (contentType === null || bytes.length > MOST_PICTURE_BYTES) throw new ApiRefusal(503, NOT_AS_EXPECTED);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new ApiRefusal(503, 'the picture is not the one that was signed: its SHA-256 is another');
  return { contentType, body: bytes };
}
