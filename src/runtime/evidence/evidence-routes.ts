import { evidenceRecord } from '../../evidence/chain/record.js';
import { EvidenceAccessor, type EvidenceOwners, type EvidenceViewer } from '../../evidence/evidence-access.js';
import { contentTypeOf } from '../../evidence/push/send-files.js';
import type { HttpRoute } from '../../foundation/http-route.js';
import { PAST_TIME_IN_WORDS } from '../../foundation/past-time.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { askedTime } from '../../http/asked-time.js';
import type { FileStreams } from '../../http/file-streams.js';
import { problemReply } from '../../http/server.js';

const MOST = 200;
const USUAL = 50;

const listed = z.object({ id: z.string(), record: evidenceRecord });

const query = z.strictObject({
  camera: z.string().max(63).optional().meta({ description: 'Only of this camera.' }),
  since: z
    .string()
    .max(40)
    .optional()
    .meta({ description: `Only what was written since: ${PAST_TIME_IN_WORDS}.` }),
  limit: z.coerce.number().int().min(1).max(MOST).default(USUAL).meta({ description: 'The newest so many.' }),
});

const NONE = 'there is no such evidence';
const TOO_MANY = 'too many pictures are being read: ask again once some of them are';

/** `GET /api/v1/evidence`, `/api/v1/evidence/:id` and its pictures: everybody sees what is of their own cameras, and is taken down. */
export function evidenceRoutes(owners: EvidenceOwners, sent: FileStreams): readonly HttpRoute[] {
  const evidence = new EvidenceAccessor(owners);
  return [
    apiRoute({
      path: '/api/v1/evidence',
      openTo: 'tenants',
      summary: 'Records of evidence, newest first.',
      query,
      reply: z.object({ evidence: z.array(listed) }),
      handle: async ({ query: { camera, since, limit }, viewer }) => {
        const from = since === undefined ? undefined : askedTime('since', since, Date.now());
        return { evidence: await evidence.list(viewerOf(viewer), { camera, since: from, limit }) };
      },
    }),
    apiRoute({
      path: '/api/v1/evidence/:id',
      openTo: 'tenants',
      summary: 'One record of evidence, as it was signed.',
      reply: listed.extend({ signed: z.string(), signature: z.string() }),
      handle: async ({ params, viewer }) => {
        const found = await evidence.record(viewerOf(viewer), params['id'] ?? '');
        if (found === null) throw new ApiRefusal(404, NONE);
        return found;
      },
    }),
    ...(['context', 'crop'] as const).map((role) => pictureRoute(evidence, role, sent)),
  ];
}

function pictureRoute(evidence: EvidenceAccessor, role: 'context' | 'crop', sent: FileStreams): HttpRoute {
  return {
    path: `/api/v1/evidence/:id/${role}`,
    openTo: 'tenants',
    api: {
      summary: role === 'context' ? 'The whole picture at the event.' : 'The best picture of the vehicle.',
      // JPEG, or what `evidence.formats` allows besides: the header says which
      contentType: 'image/*',
    },
    handle: async (_query, viewer, { params, signal }) => {
      const by = viewerOf(viewer);
      const place = sent.take(by.by);
      if (place === null) return { ...problemReply([TOO_MANY], 503), headers: { 'retry-after': '5' } };
      try {
        const found = await evidence.openPicture(by, params['id'] ?? '', role);
        if (found === null) return problemReply([NONE], 404);
        const headers = {
          'cache-control': 'private, max-age=86400, immutable',
          'content-length': String(found.bytes),
        };
        return { contentType: contentTypeOf(found.picture), body: place.send(found.file, signal), headers };
      } finally {
        place.leave();
      }
    },
  };
}

function viewerOf({ kind, tenant, sees }: Viewer): EvidenceViewer {
  return {
    by: tenant === null ? `http ${kind}` : `http ${kind} ${tenant}`,
    sees,
    seesOwner: (owner) => kind === 'operator' || (kind === 'tenant' && owner === tenant),
  };
}
