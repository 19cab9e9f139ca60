import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type SetupPort, setupRoutes } from '../../src/dashboard/api/setup.js';
import { HttpServer } from '../../src/http/server.js';

const asked: string[] = [];
const port: SetupPort = {
  setup: () => {
    throw new Error('not asked here');
  },
  check: (camera) => {
    asked.push(camera);
    const before = { text: '', sha256: 'f'.repeat(64) };
    return { edit: { ...before, before, problems: [], difference: [] }, fragment: '' };
  },
  save: () => Promise.reject(new Error('not asked here')),
  masked: (line) => line,
};
const http = new HttpServer({ config: { enabled: true, host: '127.0.0.1', port: 0 }, routes: setupRoutes(port) });
test.after(() => http.stop());
const opening = http.start();

const corners = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i / count, 0.5]);

async function checked(shapes: object | string): Promise<[number, string]> {
  const { port: at } = await opening;
  const lists = typeof shapes === 'string' ? shapes : JSON.stringify(shapes);
  const reply = await fetch(`http://127.0.0.1:${at}/api/v1/setup/check`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: `{"camera":"north","shapes":${lists}}`,
  });
  const { error = '' } = (await reply.json()) as { error?: string };
  return [reply.status, error.split('; ')[0]!];
}

test('shapes as large as any that are drawn are looked at; what would keep the program from its frames is not', async () => {
  const zones = Array.from({ length: 32 }, (_, i) => ({ id: `zone${i}`, polygon: corners(64) }));
  assert.equal(await checked({ zones }), [200, '']);
  assert.equal(await checked({ masks: [corners(200)] }), [400, 'shapes.masks.0: expected at most 400 values, 8 deep']);
  for (const depth of [20, 50_000]) {
    const nested = `{"lines":[${'['.repeat(depth)}${']'.repeat(depth)}]}`;
    assert.equal(await checked(nested), [400, 'shapes.lines.0: expected at most 400 values, 8 deep']);
  }
  const many = Array.from({ length: 64 }, () => corners(60));
  assert.equal(await checked({ masks: many }), [400, 'shapes: expected at most 8000 values in all']);
  assert.equal(asked, ['north']);
});

test.run();
