import type { HttpRoute } from '../../foundation/http-route.js';
import { z } from '../../foundation/validate.js';
import { ApiRefusal, apiRoute } from '../../http/api-route.js';
import { trialLine } from './trial-line.js';

const number = z.number().nullable();

const healthPart = z.object({
  name: z.string(),
  score: number.meta({ description: '0 to 1; null where it was not measured.' }),
  weight: z.number(),
  value: z.string(),
  goal: z.string(),
  remedy: z.string().nullable(),
});
const health = z.object({ score: number.meta({ description: '0 to 100.' }), parts: z.array(healthPart) });

const smell = z.object({ code: z.string(), seen: z.string(), remedy: z.string() });
const askedQuery = z.object({
  id: z.string(),
  text: z.string().meta({ description: 'The statement with ? for its values.' }),
  calls: z.number(),
  errors: z.number(),
  locked: z.number(),
  totalMs: z.number(),
  meanMs: z.number(),
  p95Ms: z.number(),
  share: z.number(),
  rows: z.number(),
  slow: z.number(),
  slowestMs: number,
  slowestAt: number,
  slowestValues: z
    .string()
    .nullable()
    .meta({ description: 'Kinds of the values of the slowest call, never the values.' }),
  plan: z.array(z.string()).nullable(),
  smells: z.array(smell),
});

const hint = z.object({
  what: z.enum(['vacuum', 'checkpoint', 'statistics', 'backup', 'room', 'damaged']),
  bytes: number.meta({ description: 'What it is about, where bytes say it.' }),
});

const advised = z.object({
  beforeMs: z.number(),
  afterMs: z.number(),
  tried: z.number(),
  cutShort: z.boolean(),
  create: z.array(
    z.object({
      sql: z.string(),
      savesMs: z.number(),
      bytes: z.number(),
      helps: z.array(
        z.object({ text: z.string(), beforeMs: z.number(), afterMs: z.number(), plan: z.array(z.string()) }),
      ),
    }),
  ),
  drop: z.array(
    z.object({
      sql: z.string(),
      why: z.enum(['redundant', 'unused', 'invalid']),
      instead: z.string().nullable(),
      bytes: z.number(),
    }),
  ),
  unread: z.array(z.object({ text: z.string(), why: z.string() })),
});
export type AdvisedIndexes = z.infer<typeof advised>;

const examination = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  startedAt: number,
  endedAt: number,
  failure: z.string().nullable(),
  health: health.nullable().meta({ description: 'With what only reading the whole file tells.' }),
  tables: z.array(z.object({ name: z.string(), rows: z.number(), bytes: z.number(), indexBytes: z.number() })),
  advice: advised.nullable().meta({ description: 'A dry run on a copy: nothing of the database was changed.' }),
  adviceObstacle: z.string().nullable().meta({ description: 'Why no index was looked for.' }),
});
export type ExaminationReply = z.infer<typeof examination>;

const database = z.object({
  name: z.string(),
  file: z.string(),
  bytes: number,
  walBytes: number,
  isCounted: z.boolean(),
  problem: z.string().nullable().meta({ description: 'Why it cannot be read; null where it can.' }),
  health: health.nullable(),
  hints: z.array(hint),
  queries: z.array(askedQuery).meta({ description: 'Since the program started, that of most time first, 30 at most.' }),
  examination,
});
export type DatabaseView = z.infer<typeof database>;
export type DatabaseQueryView = DatabaseView['queries'][number];

const databasesReply = z.object({ at: z.number(), databases: z.array(database), trials: z.array(trialLine) });
export type DatabasesReply = z.infer<typeof databasesReply>;

/** What the page about databases is made of. */
export interface DatabasesPort {
  readonly databases: () => DatabasesReply;
  /**
   * Begins to read a whole database and to try indexes on a copy.
   *
   * @returns how it stands; null: there is no such database
   * @throws ApiRefusal 409 while another one is examined
   */
  readonly examine: (name: string) => ExaminationReply | null;
  readonly examined: (name: string) => ExaminationReply | null;
}

/** `GET /api/v1/databases`, `GET` and `POST /api/v1/databases/:database/examination`. */
export function databaseRoutes({ databases, examine, examined }: DatabasesPort): HttpRoute[] {
  const path = '/api/v1/databases/:database/examination';
  const known = (found: ExaminationReply | null, name: string | undefined): ExaminationReply => {
    if (found === null) throw new ApiRefusal(404, `database: there is no ${(name ?? '').slice(0, 100)}`);
    return found;
  };
  return [
    apiRoute({
      path: '/api/v1/databases',
      summary: "The program's databases: health, what they are asked, hints, trials",
      reply: databasesReply,
      handle: () => databases(),
    }),
    apiRoute({
      path,
      summary: 'How the examination of a database stands',
      reply: examination,
      handle: ({ params }) => known(examined(params['database'] ?? ''), params['database']),
    }),
    apiRoute({
      path,
      method: 'POST',
      changes: false,
      summary: 'Reads a whole database beside the work and tries indexes on a copy; nothing is changed, one at a time',
      reply: examination,
      handle: ({ params }) => known(examine(params['database'] ?? ''), params['database']),
    }),
  ] as HttpRoute[];
}
