import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { carryOutRequest } from '../../../src/cli/requested-rollback.js';
import { ProgramTrials } from '../../../src/cli/update-trial.js';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { DeviceCommands } from '../../../src/runtime/commands/device-commands.js';
import { DeviceRollback } from '../../../src/runtime/updates/device-rollback.js';
import { HISTORY_MIGRATIONS } from '../../../src/store/migrations.js';
import { StoreFile } from '../../../src/store/store-file.js';
import { publicKeyText } from '../../../src/telemetry/commands/keys.js';
import { sendCommand } from '../../../src/telemetry/commands/remote-command.js';
import { EmbeddedBroker } from '../../../src/telemetry/mqtt/broker.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import type { CommandResult } from '../../../src/telemetry/mqtt/messages/command.js';
import { Publisher } from '../../../src/telemetry/mqtt/publisher.js';
import { TrialFile } from '../../../src/update/trial.js';
import type { InstalledVersions } from '../../../src/update/versions.js';
import { needs } from '../../optional.js';
import { newKey } from '../../telemetry/commands/signing.js';
import { BIRTH, listener, mqttConfig } from '../../telemetry/mqtt/capture-broker.js';
import { assertPublished } from '../../telemetry/mqtt/message-schemas.js';
import { eventually, temporaryFolder } from '../../temporary.js';
import { PretendedService } from '../../update/pretended-service.js';
import { NEW, OLD, twoVersions } from '../../update/two-versions.js';

const onDisk = needs('better-sqlite3', test);
const folder = temporaryFolder('device-rollback');
const scope = scopeOf({ site: 'site1', device: 'dev1' });
const RESULT = 'edge/v1/site1/dev1/cmd/rollback/result';
const key = newKey();
const broker = new EmbeddedBroker(0);
let url = '';
test.before(async () => {
  url = await broker.start();
});
test.after(() => broker.stop());

let made = 0;
/** A machine with two versions, a folder of state and, where it was installed so, the unit that looks at requests. */
async function machine(hasUnit = true) {
  const place = join(folder, String((made += 1)));
  const versions = await twoVersions(join(place, 'opt'));
  const state = join(place, 'state');
  mkdirSync(state);
  const requested = join(state, 'rollback-request');
  const pathUnit = join(place, 'edge-optimizer-rollback.path');
  if (hasUnit) writeFileSync(pathUnit, `[Path]\nPathExists=${requested}\n`);
  const config = join(place, 'site.json');
  const commands = { publicKeys: [publicKeyText(key.key)] };
  writeFileSync(config, JSON.stringify({ ...scope, tenant: undefined, cameras: [], commands }));
  return { versions, state, requested, pathUnit, config };
}
type Machine = Awaited<ReturnType<typeof machine>>;

const running = new Set<() => Promise<void>>();
test.after.each(async () => {
  for (const stop of running) await stop();
});

/** The parts of one run of the program that a commanded rollback goes through. @returns what ends it */
async function run(
  { versions, state, pathUnit }: Machine,
  version: string,
  { home = versions.folderOf(version), patienceMs = 60_000 } = {},
) {
  const file = join(state, 'history.db');
  const history = new StoreFile({ what: 'the history', file, migrations: HISTORY_MIGRATIONS, log: silentLog });
  const config = configSchema.parse({ commands: { publicKeys: [publicKeyText(key.key)] } });
  const commands = new DeviceCommands(config.commands, { scope, history, log: silentLog });
  const publisher: { answer(result: CommandResult): void } = { answer: (result) => sender.answer(result) };
  const part = new DeviceRollback({ commands, publisher, log: silentLog, home, pathUnit, patienceMs });
  commands.serve(part.commands);
  history.start();
  commands.start();
  const mqtt = mqttConfig(url);
  const sender: Publisher = new Publisher({
    scope,
    address: brokerAddress(mqtt),
    mqtt,
    publish: config.publish,
    birth: BIRTH,
    commands: commands.receiver!,
    log: silentLog,
  });
  sender.start();
  await part.start();
  await eventually('connected', () => sender.state().phase === 'connected');
  const stop = async (): Promise<void> => {
    running.delete(stop);
    await part.stop();
    await sender.stop('stopped');
    history.stop();
  };
  running.add(stop);
  return stop;
}

async function send(id: string, site = false): Promise<CommandResult> {
  const mqtt = mqttConfig(url, { protocol: '3.1.1' });
  const to = { name: 'rollback', site: 'site1', device: site ? null : 'dev1', body: {}, id, key };
  const { answers } = await sendCommand(mqtt, brokerAddress(mqtt), { ...to, lifetimeMs: 60_000, timeoutMs: 10_000 });
  return answers[0]!.result;
}

/** What the unit has root do. */
async function carryOut({ versions, requested, config }: Machine): Promise<void> {
  const service = new PretendedService(versions, () => false);
  const trialsOf = () => new ProgramTrials(versions, service);
  const { write } = process.stdout;
  process.stdout.write = () => true;
  try {
    await carryOutRequest({ requested, config, prefix: versions.prefix }, { trialsOf, now: Date.now });
  } finally {
    process.stdout.write = write;
  }
}

const knowsTheCommand = (versions: InstalledVersions): void => {
  const units = join(versions.folderOf(OLD), 'scripts/systemd');
  mkdirSync(units, { recursive: true });
  writeFileSync(join(units, 'edge-optimizer-rollback.path'), '');
};

onDisk(
  'a commanded rollback is accepted, handed to root, and told as done by the version that it went to',
  async () => {
    const it = await machine();
    knowsTheCommand(it.versions);
    const heard = await listener(url);
    const results = () => heard.of(RESULT).map(({ json }) => json);
    let stop = await run(it, NEW);
    const accepted = await send('back');
    assert.equal(accepted.result, { state: 'accepted', from: NEW, to: OLD });
    assert.is(statSync(it.requested).mode & 0o777, 0o600);
    assert.equal(Object.keys(JSON.parse(readFileSync(it.requested, 'utf8'))), ['command', 'key', 'signature']);
    assert.equal((await send('back')).result, { state: 'accepted', from: NEW, to: OLD });
    assert.match((await send('twice')).error!, 'a rollback was asked for already, and goes on');
    await carryOut(it);
    await stop();
    const before = results().length;

    stop = await run(it, OLD);
    await eventually('it is told', () => results().length > before);
    const { command, id, ok, result } = results().at(-1);
    assert.equal({ command, id, ok }, { command: 'rollback', id: 'back', ok: true });
    assert.equal(result, { state: 'done', from: NEW, to: OLD });
    const again = await send('back');
    assert.equal([again.result, again.repeated], [{ state: 'done', from: NEW, to: OLD }, true]);
    assert.equal([it.versions.current, existsSync(it.requested)], [OLD, false]);
    for (const message of heard.of(RESULT)) assertPublished(message);
    await stop();
    await heard.end();
  },
);

onDisk('what root refuses is told at once, and another one may be asked for', async () => {
  const it = await machine();
  const heard = await listener(url);
  await run(it, NEW);
  await send('late');
  // the fleet's key was taken out of the file meanwhile
  writeFileSync(it.config, JSON.stringify({ site: 'site1', device: 'dev1', cameras: [] }));
  await carryOut(it).catch(() => undefined);
  const failed = () => heard.of(RESULT).find(({ json }) => !json.ok)?.json;
  await eventually('it is told', () => failed() !== undefined);
  assert.match(failed().error, 'no-key: rollback must be signed, and this device knows no key');
  assert.is((await send('next')).ok, true);
  assert.is(it.versions.current, NEW);
  await heard.end();
});

onDisk('a version that does not know the command is spoken for by the one that goes', async () => {
  const it = await machine();
  const heard = await listener(url);
  const stop = await run(it, NEW);
  await send('old');
  await carryOut(it);
  await stop();
  const last = heard.of(RESULT).at(-1)!.json;
  assert.equal([last.id, last.result], ['old', { state: 'done', from: NEW, to: OLD }]);
  await heard.end();
});

onDisk('a request that nobody takes up is taken back, and told', async () => {
  const it = await machine();
  const heard = await listener(url);
  await run(it, NEW, { patienceMs: 1 });
  assert.is((await send('unheard')).ok, true);
  const failed = () => heard.of(RESULT).find(({ json }) => !json.ok)?.json;
  await eventually('it is told', () => failed() !== undefined);
  assert.match(failed().error, 'edge-optimizer-rollback.service did not take it up');
  assert.is(existsSync(it.requested), false);
  await heard.end();
});

onDisk('where it cannot be done that is said at once', async () => {
  const bare = await machine(false);
  let stop = await run(bare, NEW);
  assert.match(
    (await send('unit')).error!,
    `there is no ${bare.pathUnit}, by which root carries it out: \`sh ${bare.versions.prefix}/current/scripts/install.sh\` as root`,
  );
  await bare.versions.rollback();
  assert.match((await send('switched')).error!, `${OLD} is the current version already, and ${NEW} still runs`);
  await bare.versions.switchBack(NEW, NEW);
  assert.match((await send('none')).error!, 'there is no version to go back to');
  await stop();

  const worse = await machine();
  const trial = { id: '1', state: 'trying', new: OLD, old: NEW, digest: 'a'.repeat(64), watchMs: 1000 } as const;
  const open = { ...trial, config: null, startedAt: 1, before: null, endedAt: null, reason: null };
  const trials = new TrialFile(worse.versions.prefix);
  await trials.step(open, 'rolled-back', 'inference runs on cpu', 2);
  stop = await run(worse, NEW);
  assert.match((await send('worse')).error!, 'which was taken back already (inference runs on cpu)');
  await stop();

  const clone = await machine();
  await run(clone, NEW, { home: join(folder, 'clone') });
  assert.match((await send('clone')).error!, 'this program is no bundle installed beside others');
  assert.is(existsSync(clone.requested), false);
});

test.run();
