import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  actionReply,
  actionsReply,
  auditReply,
  begunReply,
  tasksReply,
} from '../../../src/collector/api/action-shapes.js';
import { namedTokenLine, parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { Collecting } from '../../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { generateSigningKey, parsePublicKey } from '../../../src/telemetry/commands/keys.js';
import { publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';
import { countingCommands, KEY } from './fleet-of-two.js';

const folder = temporaryFolder('real-devices');
const config = configSchema.parse({});
const endings = endingsOf(test);

test('a signed command goes through the broker to real devices; who knows another key refuses it, and all of it is told', async () => {
  const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite') });
  const collecting = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0 },
    tokens: parseNamedTokens(
      `${namedTokenLine('ana', 'operator', 'a-token-of-ana-1')}\n${namedTokenLine('ben', 'viewer', 'a-token-of-ben-1')}`,
    ),
    key: KEY,
    version: '1.2.3',
  });
  const { broker, http } = await collecting.start();
  const stranger = parsePublicKey(generateSigningKey().publicText);
  const devices = [
    { name: 'a', ...{ counted: countingCommands('a') } },
    { name: 'b', ...{ counted: countingCommands('b') } },
    { name: 'c', ...{ counted: countingCommands('c', { publicKey: stranger }) } },
  ].map(({ name, counted }) => {
    const scope = scopeOf({ site: 'demo', device: name });
    return { name, counted, publisher: publisherAt(broker, {}, { scope, commands: counted.commands }) };
  });
  endings.push(async () => {
    for (const { publisher } of devices) await publisher.stop('stopped');
    await collecting.stop();
    await store.close();
  });
  for (const { publisher } of devices) publisher.start();
  await eventually('all are known', () => collecting.state().devices === 3);

  const ask = async (path: string, token: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const reply = await fetch(`${http}${path}`, {
      headers,
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: reply.ok ? await reply.json() : await reply.text() };
  };
  const asked = { id: 'first', command: 'report', choose: { all: true }, note: 'why not' };
  const refused = await ask('/actions', 'a-token-of-ben-1', asked);
  assert.equal(refused, { status: 403, body: 'this token may only look: changes need one with the role operator\n' });
  const wrong = await ask('/actions', 'a-token-of-ana-1', { ...asked, choose: {} });
  assert.is(wrong.status, 400);
  const begun = begunReply.parse((await ask('/actions', 'a-token-of-ana-1', asked)).body);
  assert.equal([...begun.devices].sort(), ['demo/a', 'demo/b', 'demo/c']);

  let action = actionReply.parse((await ask('/actions/first', 'a-token-of-ben-1')).body);
  for (let look = 0; action.state === 'running' && look < 100; look++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    action = actionReply.parse((await ask('/actions/first', 'a-token-of-ben-1')).body);
  }
  assert.equal([action.state, action.reason, action.by], ['ended', '2 done, 1 refused', 'ana']);
  const tasks = tasksReply.parse((await ask('/actions/first/devices', 'a-token-of-ben-1')).body).devices;
  assert.equal(
    tasks.map(({ device, state }) => [device, state]),
    [
      ['a', 'done'],
      ['b', 'done'],
      ['c', 'refused'],
    ],
  );
  assert.equal(tasks[0]!.result, { metrics: 1 });
  assert.match(tasks[2]!.reason!, /^unknown-key: /);
  assert.equal(
    devices.map(({ counted }) => counted.done),
    [1, 1, 0],
  );
  const audit = auditReply.parse((await ask('/audit', 'a-token-of-ben-1')).body);
  assert.equal(
    [audit.broken, audit.entries.map(({ by, what }) => `${by} ${what}`)],
    [null, ['collector ended', 'ana begun']],
  );
  const list = actionsReply.parse((await ask('/actions', 'a-token-of-ben-1')).body);
  assert.equal([list.actions.length, list.obstacle, list.problem], [1, null, null]);
  assert.is((await ask('/actions/first/abort', 'a-token-of-ana-1', {})).status, 409);
  const labels = await ask('/labels', 'a-token-of-ana-1', { devices: ['demo/a'], add: ['canary'] });
  assert.equal(labels.body, { labels: { 'demo/a': ['canary'] } });
  const ofLabel = await ask('/actions', 'a-token-of-ana-1', {
    ...asked,
    id: 'x',
    choose: { label: ['canary'] },
    dryRun: true,
  });
  assert.equal(begunReply.parse(ofLabel.body).devices, ['demo/a']);
});

test.run();
