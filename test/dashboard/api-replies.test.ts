import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JsonSchema } from '../../src/foundation/http-route.js';
import { OPENAPI_PATH } from '../../src/http/openapi.js';
import { needs } from '../optional.js';
import { endingsOf, temporaryFolder } from '../temporary.js';
import { runDevice } from './running-device.js';

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly in: 'path' | 'query'; readonly required: boolean }[];
  readonly responses: { readonly 200: { readonly content: Record<string, { readonly schema?: JsonSchema }> } };
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly get?: Operation }>>;
  /** What schemas refer to. */
  readonly components: object;
}

/** What stands in the places of paths, by name. Of one whose name is none of these nothing may be there to be asked for: 404 then. */
const PLACES: Readonly<Record<string, string>> = { camera: 'north', database: 'history.db' };
/** What must be asked, by the path. */
const QUERIES: Readonly<Record<string, string>> = {
  '/api/v1/history/several': 'metrics=machine_cpu,frames_answered&since=1h',
};
/** Answers that go on for as long as somebody listens. */
const STREAM = 'text/event-stream';

const onDisk = needs('better-sqlite3', test);
const endings = endingsOf(test);
const device = await runDevice(join(temporaryFolder('api-replies'), 'device'));
endings.push(() => device.stop());

/** A picture that did not come in time on a busy machine is asked for again. */
async function replyOf(url: string): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const reply = await fetch(new URL(url, device.url), { headers: { authorization: `Bearer ${device.token}` } });
    if (reply.status !== 503 || tries === 10) return reply;
    await reply.body?.cancel();
  }
}

onDisk('every GET of the API answers what its description says', async () => {
  const { paths, components } = await device.get<Document>(OPENAPI_PATH);
  const ajv = new Ajv2020({ strict: false, formats: { uri: true, 'date-time': true } });
  const asked: string[] = [];
  const problems: string[] = [];
  for (const [path, { get }] of Object.entries(paths)) {
    const [[contentType, { schema }] = ['', {}]] = Object.entries(get?.responses[200].content ?? {});
    if (get === undefined || contentType === STREAM) continue;
    const mustBeAsked = get.parameters.filter((one) => one.in === 'query' && one.required).map(({ name }) => name);
    const query = QUERIES[path] ?? '';
    const missing = mustBeAsked.filter((name) => !new URLSearchParams(query).has(name));
    if (missing.length > 0) problems.push(`${path}: QUERIES of this test lacks ${missing.join(', ')}`);
    const places = get.parameters.filter((one) => one.in === 'path').map(({ name }) => name);
    const url = `${path.replace(/\{(\w+)\}/g, (_, name: string) => PLACES[name] ?? 'none')}?${query}`;
    const reply = await replyOf(url);
    if (reply.status === 404 && places.length > 0) continue;
    const text = contentType === 'application/json' ? await reply.text() : '';
    if (reply.status !== 200) problems.push(`${url}: ${reply.status} ${text.slice(0, 200)}`);
    else if (reply.headers.get('content-type')?.split(';')[0] !== contentType)
      problems.push(`${url}: ${reply.headers.get('content-type')}, not ${contentType}`);
    else if (schema !== undefined && !ajv.validate({ ...schema, components }, JSON.parse(text)))
      problems.push(`${url}: ${ajv.errorsText(ajv.errors?.slice(0, 5))}`);
    else asked.push(path);
  }
  assert.equal(problems, []);
  for (const path of ['/api/v1/tuning', '/api/v1/alerts', '/api/v1/models', '/api/v1/audit'])
    assert.ok(asked.includes(path));
});

onDisk('where http.token is not set, no change is made without the token of the program', async () => {
  const { paths } = await device.get<{ paths: Record<string, { post?: { security?: unknown } }> }>(OPENAPI_PATH);
  const changing = Object.entries(paths).filter(([, { post }]) => post?.security !== undefined);
  assert.ok(changing.length > 4);
  for (const [path] of changing) {
    const url = new URL(
      path.replace(/\{(\w+)\}/g, (_, name: string) => PLACES[name] ?? 'none'),
      device.url,
    );
    const reply = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
    assert.is(`${path} ${reply.status}`, `${path} 401`);
  }
});

test.run();
