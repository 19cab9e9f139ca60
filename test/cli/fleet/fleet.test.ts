import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { changeTokenPlace } from '../../../src/cli/collect.js';
import { labelDevices, listActions, sendToFleet, showAction } from '../../../src/cli/fleet/actions.js';
import { showAudit } from '../../../src/cli/fleet/audit.js';
import { showDrift } from '../../../src/cli/fleet/drift.js';
import { makeFleetToken } from '../../../src/cli/fleet/make-token.js';
import { updateFleet } from '../../../src/cli/fleet/update.js';
import { takeSigningKey } from '../../../src/cli/signed-command.js';
import { parseNamedTokens } from '../../../src/collector/api/named-tokens.js';
import { Collecting } from '../../../src/collector/collecting.js';
import { SqliteFleetStore } from '../../../src/collector/store/sqlite-fleet-store.js';
import { configSchema } from '../../../src/config/config.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { generateSigningKey } from '../../../src/telemetry/commands/keys.js';
import { countingCommands, KEY } from '../../collector/actions/fleet-of-two.js';
import { publisherAt } from '../../telemetry/mqtt/capture-broker.js';
import { endingsOf, eventually, temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('cli-fleet');
const endings = endingsOf(test);

/** @returns the code, and what was printed */
async function printed(work: () => Promise<number>): Promise<{ code: number; text: string }> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = ((piece: string) => Boolean((text += piece))) as typeof write;
  try {
    return { code: await work(), text };
  } finally {
    process.stdout.write = write;
  }
}

const refused = (work: Promise<number>): Promise<string> =>
  work.then(
    () => 'it was done',
    (error: Error) => `${error.message} ${((error as { problems?: string[] }).problems ?? []).join('; ')}`,
  );

test('tokens are made, commands sent and followed, and all of it is seen again', async () => {
  const tokens = join(folder, 'tokens');
  const made = await printed(() => makeFleetToken('ana', { role: 'operator', tokens, json: true }));
  const { token } = JSON.parse(made.text) as { token: string };
  assert.not.match(readFileSync(tokens, 'utf8'), token);
  assert.match(await refused(makeFleetToken('ana', { role: 'viewer', tokens })), 'that of ana again');
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });

  const store = new SqliteFleetStore({ file: join(folder, 'fleet.sqlite') });
  const config = configSchema.parse({});
  const collecting = new Collecting({
    store,
    mqtt: { ...config.mqtt, broker: 'embedded', embeddedPort: 0 },
    clientId: 'x',
    topics: [],
    http: { ...config.http, port: 0 },
    tokens: parseNamedTokens(readFileSync(tokens, 'utf8')),
    key: KEY,
    version: '1.2.3',
  });
  const { broker, http } = await collecting.start();
  const device = countingCommands('a');
  const publisher = publisherAt(
    broker,
    {},
    { scope: scopeOf({ site: 'demo', device: 'a' }), commands: device.commands },
  );
  endings.push(async () => {
    await publisher.stop('stopped');
    await collecting.stop();
    await store.close();
  });
  publisher.start();
  await eventually('it is known', () => collecting.state().devices === 1);
  const at = { collector: http!.replace('/api/v1/fleet', ''), tokenFile, store: join(folder, 'nothing.sqlite') };

  const sent = await printed(() => sendToFleet('report', [], { ...at, site: ['demo'], id: 'first', note: 'try it' }));
  assert.equal([sent.code, device.done], [0, 1]);
  assert.match(sent.text, 'first ended, stage 1 of 1, 1 done: 1 done');
  device.fails = true;
  const failed = await printed(() => sendToFleet('report', [], { ...at, all: true, json: true }));
  const told = JSON.parse(failed.text) as { state: string; results: { state: string; reason: string }[] };
  assert.equal([failed.code, told.state, told.results[0]!.reason], [1, 'ended', 'the disk is full']);
  const dry = await printed(() => sendToFleet('report', [], { ...at, all: true, dryRun: true }));
  assert.is(dry.text, 'stage 1: demo/a\n');
  assert.match(
    (await printed(() => listActions({ ...at, limit: 5 }))).text,
    /first .* ana +report +ended +1\/1 +1 done/,
  );
  assert.match((await printed(() => showAction('first', at))).text, 'try it');
  const audit = await printed(() => showAudit({ ...at, limit: 2 }));
  assert.equal([audit.code, audit.text.trim().split('\n').length], [0, 3]);
  const copy = join(folder, 'audit.jsonl');
  assert.is((await printed(() => showAudit({ ...at, limit: 1, export: copy }))).code, 0);
  const whole = await printed(() => showAudit({ ...at, limit: 1, verify: [copy] }));
  assert.match(whole.text, /whole from entry 1 to \d+/);
  writeFileSync(copy, readFileSync(copy, 'utf8').replace('"by":"ana"', '"by":"ben"'));
  assert.is((await printed(() => showAudit({ ...at, limit: 1, verify: [copy] }))).code, 1);
  assert.match(
    await refused(showAudit({ ...at, limit: 1, verify: [join(folder, 'no')] })),
    /--verify: .* cannot be read/,
  );
  assert.match(await refused(showAudit({ ...at, limit: 1, key: copy })), '--key: expected the file of a public key');
  const label = await printed(() => labelDevices(['demo/a'], { ...at, add: ['canary'] }));
  assert.match(label.text, /demo\/a +canary/);
  const drift = await printed(() => showDrift({ ...at, within: 5 }));
  assert.equal(
    [drift.code, drift.text.split('\n')[0]],
    [1, 'no desired configuration: start the collector with --desired FILE'],
  );
  assert.match(await refused(sendToFleet('report', [], at)), 'expected whom it is for');
  assert.match(await refused(showAction('another', at)), 'there is no action another');
  const stranger = { ...at, tokenFile: join(folder, 'none') };
  assert.match(await refused(showAction('first', stranger)), '--token-file: ');
  writeFileSync(stranger.tokenFile, 'of-nobody');
  assert.match(
    await refused(showAction('first', stranger)),
    'a bearer token is needed; a token is taken from --token-file',
  );
  assert.match(
    await refused(updateFleet('x.tar.gz', { ...at, url: 'https://x/', trial: 300, all: true })),
    '--key: expected',
  );
  const away = { ...at, collector: 'http://127.0.0.1:9' };
  assert.match(await refused(showAction('first', away)), 'no collector answers at http://127.0.0.1:9');
  assert.not(existsSync(join(folder, 'nothing.sqlite.token')));
});

test('the token for changes lies beside the file, and no address of a server becomes one', () => {
  assert.equal(changeTokenPlace('/var/lib/fleet/fleet.sqlite'), {
    folder: '/var/lib/fleet',
    name: 'fleet.sqlite.token',
  });
  const { folder: at, name } = changeTokenPlace('postgres://ana:secret@db.example/fleet');
  assert.equal([at, name], [process.cwd(), 'fleet.token']);
});

test('a key of the environment is taken out of it, and what is none says nothing of what it is', () => {
  const { privatePem, id } = generateSigningKey();
  const env: NodeJS.ProcessEnv = { EDGE_COMMAND_KEY: privatePem };
  assert.equal([takeSigningKey(env, 'EDGE_COMMAND_KEY')?.id, Object.keys(env)], [id, []]);
  assert.is(takeSigningKey(env, 'EDGE_COMMAND_KEY'), null);
  assert.throws(
    () => takeSigningKey({ EDGE_COMMAND_KEY: 'a secret' }, 'EDGE_COMMAND_KEY'),
    (error: Error) => !JSON.stringify([error.message, error]).includes('a secret'),
  );
});

test.run();
