import type { ApiDescription, HttpRoute, JsonSchema } from '../foundation/http-route.js';
import { isChange } from './app.js';

/** Where the document is served. */
export const OPENAPI_PATH = '/api/v1/openapi.json';

const PROBLEM = {
  description: 'Why it is not answered or done: every problem, in words.',
  content: {
    'application/json': {
      schema: { type: 'object', properties: { error: { type: 'string' } }, required: ['error'] },
    },
  },
};

const OF_A_DEVICE =
  'What a device says of itself and what may be changed. Every request carries the bearer token where one is set; what changes something needs one in any case.';

/**
 * What the routes that describe themselves answer, as OpenAPI 3.1.
 *
 * @param version of the program
 * @param about what they are for
 */
export function openApiOf(routes: readonly HttpRoute[], version: string, about: string = OF_A_DEVICE): JsonSchema {
  const described = routes.filter((route) => route.api !== undefined).sort((a, b) => (a.path < b.path ? -1 : 1));
  const paths: Record<string, Record<string, unknown>> = {};
  const schemas: Record<string, JsonSchema> = {};
  for (const route of described) {
    const operations = (paths[route.path.replace(/:(\w+)/g, '{$1}')] ??= {});
    operations[(route.method ?? 'GET').toLowerCase()] = operationOf(route, sharedIn(route, schemas));
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'edge-inference-optimizer',
      version,
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, {}],
    paths,
    components: { schemas, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  };
}

/** A reference is looked up from the top of the document: what a schema defines for itself is moved there. */
function sharedIn(route: HttpRoute, schemas: Record<string, JsonSchema>): ApiDescription {
  const { query, body, reply, ...rest } = route.api!;
  const moved = (schema: JsonSchema | undefined, what: string): JsonSchema | undefined => {
    if (schema?.['$defs'] === undefined) return schema;
    const prefix = `${operationIdOf(route)}_${what}`;
    const there = (one: unknown): JsonSchema =>
      JSON.parse(JSON.stringify(one).replaceAll('"$ref":"#/$defs/', `"$ref":"#/components/schemas/${prefix}_`));
    const { $defs, ...own } = schema;
    for (const [name, one] of Object.entries($defs as object)) schemas[`${prefix}_${name}`] = there(one);
    return there(own);
  };
  const [toQuery, toBody, toReply] = [moved(query, 'query'), moved(body, 'body'), moved(reply, 'reply')];
  return {
    ...rest,
    ...(toQuery && { query: toQuery }),
    ...(toBody && { body: toBody }),
    ...(toReply && { reply: toReply }),
  };
}

function operationOf(route: HttpRoute, api: ApiDescription): JsonSchema {
  const { contentType = 'application/json', reply } = api;
  return {
    operationId: operationIdOf(route),
    summary: api.summary,
    ...(isChange(route) && { security: [{ token: [] }] }),
    parameters: [...placesOf(route.path), ...wordsOf(api.query)],
    ...(api.body && { requestBody: { required: true, content: { 'application/json': { schema: api.body } } } }),
    responses: {
      200: { description: api.summary, content: { [contentType]: reply ? { schema: reply } : {} } },
      400: PROBLEM,
      401: { description: 'A token is needed.' },
      ...(route.path.includes(':') && { 404: PROBLEM }),
    },
  };
}

/** `GET /api/v1/cameras/:camera` is `get_cameras_camera`. */
function operationIdOf({ path, method = 'GET' }: HttpRoute): string {
  const words = path.replace(/^\/api\/v1\//, '').match(/\w+/g) ?? [];
  return [method.toLowerCase(), ...words].join('_');
}

function placesOf(path: string): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function wordsOf(query: JsonSchema = {}): JsonSchema[] {
  const required = new Set((query['required'] as string[] | undefined) ?? []);
  const properties = (query['properties'] as Record<string, JsonSchema> | undefined) ?? {};
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.has(name),
    ...(typeof schema['description'] === 'string' && { description: schema['description'] }),
    schema,
  }));
}
