import type { ApiDescription, HttpReply, HttpRoute, JsonSchema, RouteRequest } from '../foundation/http-route.js';
import { z } from '../foundation/validate.js';
import type { Viewer } from '../foundation/viewer.js';
import { repeatedWord } from './query-words.js';
import { json, problemReply } from './server.js';

/** What was asked of a route of the JSON API, checked. */
export interface ApiAsked<Query, Body> extends Omit<RouteRequest, 'body'> {
  readonly query: Query;
  readonly body: Body;
  readonly viewer: Viewer;
}

/** A route of the JSON API: what may be asked, and what is answered. */
export interface ApiDeclaration<Query, Body, Reply> {
  /** `/api/v1/cameras/:camera`. */
  readonly path: string;
  readonly method?: 'GET' | 'POST';
  readonly openTo?: 'tenants';
  /** See `HttpRoute`; of a POST that changes nothing, like one that only checks, it is false. Default: as `method` says. */
  readonly changes?: boolean;
  /** One line, what it answers or does. */
  readonly summary: string;
  /** A strict object; numbers by `z.coerce`, as a query has only text. Default: nothing may be asked. */
  readonly query?: z.ZodType<Query>;
  readonly body?: z.ZodType<Body>;
  readonly reply: z.ZodType<Reply>;
  /** @throws ApiRefusal, which is answered with its status; RangeError, which is with 400 */
  handle(asked: ApiAsked<Query, Body>): Reply | Promise<Reply>;
}

/** That something cannot be answered or done, in words for whoever asked. */
export class ApiRefusal extends Error {
  override readonly name = 'ApiRefusal';

  /** @param status 404: there is no such thing; 409: not as things are now; 503: not now */
  constructor(
    readonly status: 400 | 404 | 409 | 429 | 503,
    message: string,
  ) {
    super(message);
  }
}

const NOTHING = z.strictObject({});
const MOST_PROBLEMS = 20;

/** A route whose query and body are checked by the schemas that also describe it in the OpenAPI document. */
export function apiRoute<Query = Record<string, never>, Body = undefined, Reply = unknown>(
  declaration: ApiDeclaration<Query, Body, Reply>,
): HttpRoute {
  const { path, method = 'GET', openTo, changes } = declaration;
  return {
    path,
    method,
    ...(changes !== undefined && { changes }),
    ...(openTo && { openTo }),
    api: descriptionOf(declaration),
    handle: (query, viewer, request) => answer(declaration, query, viewer, request),
  };
}

async function answer<Query, Body, Reply>(
  { query: querySchema, body: bodySchema, handle }: ApiDeclaration<Query, Body, Reply>,
  words: URLSearchParams,
  viewer: Viewer,
  request: RouteRequest,
): Promise<HttpReply> {
  const repeated = repeatedWord(words);
  if (repeated !== null) return problemReply([repeated]);
  const query = (querySchema ?? NOTHING).safeParse(Object.fromEntries(words));
  const body = bodySchema?.safeParse(request.body);
  const problems = [...issuesOf(query.error, ''), ...issuesOf(body?.error, 'the body')];
  if (problems.length > 0) return problemReply(problems);
  try {
    const asked = { ...request, query: query.data as Query, body: body?.data as Body, viewer };
    return json(await handle(asked));
  } catch (error) {
    if (error instanceof ApiRefusal) return problemReply([error.message], error.status);
    if (error instanceof RangeError) return problemReply([error.message]);
    throw error;
  }
}

/** @param whole what a problem with the whole is said of */
function issuesOf(error: z.ZodError | undefined, whole: string): string[] {
  return (error?.issues ?? []).slice(0, MOST_PROBLEMS).map(({ path, message }) => {
    const where = path.join('.').slice(0, 200) || whole;
    return where === '' ? message : `${where}: ${message}`;
  });
}

function descriptionOf<Query, Body, Reply>(declaration: ApiDeclaration<Query, Body, Reply>): ApiDescription {
  const { summary, query, body, reply } = declaration;
  return {
    summary,
    ...(query && { query: schemaOf(query, 'input') }),
    ...(body && { body: schemaOf(body, 'input') }),
    reply: schemaOf(reply, 'output'),
  };
}

function schemaOf(type: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema, ...schema } = z.toJSONSchema(type, { io, target: 'draft-2020-12' });
  return schema;
}
