import type { HttpReply, HttpRoute, RouteRequest } from '../../foundation/http-route.js';
import type { TenantId } from '../../foundation/scope.js';
import { z } from '../../foundation/validate.js';
import type { Viewer } from '../../foundation/viewer.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { repeatedWord } from '../../http/query-words.js';
import { problemReply } from '../../http/server.js';
import type { ReportFolder, ReportForm } from '../../report/files/report-folder.js';
import { REPORT_LANGUAGES, type ReportLanguageCode } from '../../report/languages/report-languages.js';
import { dailyFacts, weeklyFacts } from '../../telemetry/mqtt/messages/daily-report.js';

const tenantWord = z.string().max(63).optional().meta({ description: 'Of this tenant; only the operator may say so.' });
const listQuery = z.strictObject({ tenant: tenantWord });
const oneQuery = z.strictObject({
  format: z.enum(['json', 'html', 'markdown']).default('json'),
  lang: z.enum(Object.keys(REPORT_LANGUAGES) as [ReportLanguageCode, ...ReportLanguageCode[]]).default('en'),
  tenant: tenantWord,
});
const listReply = z.object({
  reports: z.array(
    z.object({
      id: z.string().meta({ description: 'daily-2026-11-27, weekly-2026-W48.' }),
      kind: z.enum(['daily', 'weekly']),
      of: z.string().meta({ description: 'The day or the week.' }),
    }),
  ),
});
const CONTENT_TYPES: Readonly<Record<ReportForm, string>> = {
  json: 'application/json',
  html: 'text/html; charset=utf-8',
  markdown: 'text/markdown; charset=utf-8',
};

/** `GET /api/v1/reports` and `GET /api/v1/reports/:id`: of the device, and to a tenant its own. */
export function reportRoutes(folders: ReadonlyMap<TenantId, ReportFolder>): readonly HttpRoute[] {
  const { $schema: _, ...query } = z.toJSONSchema(oneQuery, { io: 'input' });
  const { $schema: __, ...reply } = z.toJSONSchema(z.union([dailyFacts, weeklyFacts]), { io: 'output' });
  return [
    apiRoute({
      path: '/api/v1/reports',
      openTo: 'tenants',
      summary: 'The reports that are kept, the newest first',
      query: listQuery,
      reply: listReply,
      handle: ({ query: { tenant }, viewer }) => ({ reports: folderFor(folders, viewer, tenant).list() }),
    }),
    {
      path: '/api/v1/reports/:id',
      openTo: 'tenants',
      api: { summary: 'A report: its numbers, or as a page or Markdown for people (format)', query, reply },
      handle: (words, viewer, request) => answerOne(folders, words, viewer, request),
    },
  ];
}

function answerOne(
  folders: ReadonlyMap<TenantId, ReportFolder>,
  words: URLSearchParams,
  viewer: Viewer,
  { params }: RouteRequest,
): HttpReply {
  const repeated = repeatedWord(words);
  if (repeated !== null) return problemReply([repeated]);
  const query = oneQuery.safeParse(Object.fromEntries(words));
  if (!query.success)
    return problemReply(query.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`));
  const { format, lang, tenant } = query.data;
  const id = params['id'] ?? '';
  try {
    const text = folderFor(folders, viewer, tenant).read(id, format, lang);
    if (text !== null) return { contentType: CONTENT_TYPES[format], body: text };
    const asked = id.replace(/[^\w-]/g, '?').slice(0, 40);
    return problemReply(
      [`there is no report ${asked} as ${format} in ${lang}: /api/v1/reports lists those that are kept`],
      404,
    );
  } catch (error) {
    if (error instanceof ApiRefusal) return problemReply([error.message], error.status);
    throw error;
  }
}

/** A tenant sees its own and no others; the operator the device's, and those of a tenant that it names. */
function folderFor(
  folders: ReadonlyMap<TenantId, ReportFolder>,
  viewer: Viewer,
  tenant: string | undefined,
): ReportFolder {
  const whose = viewer.kind === 'operator' ? (tenant ?? null) : viewer.tenant;
  const isOwn = viewer.kind === 'operator' || tenant === undefined || tenant === viewer.tenant;
  const folder = folders.get(whose);
  if (folder === undefined || !isOwn) throw new ApiRefusal(404, 'tenant: there is no such tenant');
  return folder;
}
