import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { carryOutRequest } from '../../src/cli/requested-rollback.js';
import { ProgramTrials } from '../../src/cli/update-trial.js';
import { type SignedCommand, sealCommand } from '../../src/telemetry/commands/envelope.js';
import { publicKeyText, type SigningKey } from '../../src/telemetry/commands/keys.js';
import { ChangeLedger } from '../../src/update/change-ledger.js';
import { requestName } from '../../src/update/change-request.js';
import { lockUpdates } from '../../src/update/update-lock.js';
import { commandTo, NOW, newKey } from '../telemetry/commands/signing.js';
import { temporaryFolder } from '../temporary.js';
import { PretendedService } from '../update/pretended-service.js';
import { NEW, OLD, twoVersions } from '../update/two-versions.js';

const folder = temporaryFolder('requested-rollback');
const key = newKey();
let made = 0;

/** A device with two versions, whose configuration knows the key of the fleet. */
async function device(commands: object = { publicKeys: [publicKeyText(key.key)] }) {
  const place = join(folder, String((made += 1)));
  const versions = await twoVersions(join(place, 'opt'));
  const config = join(place, 'site.json');
  writeFileSync(config, JSON.stringify({ site: 'site1', device: 'dev1', cameras: [], commands }));
  const requested = join(place, 'state/rollback-request');
  mkdirSync(join(place, 'state'));
  const service = new PretendedService(versions, () => false);
  const trialsOf = () => new ProgramTrials(versions, service);
  /** @returns why it was refused; null where it was done */
  const carryOut = async (now = NOW): Promise<string | null> => {
    try {
      await carryOutRequest({ requested, config, prefix: versions.prefix, json: true }, { trialsOf, now: () => now });
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const ask = (command: SignedCommand, by: SigningKey = key, more: object = {}): void =>
    writeFileSync(requested, JSON.stringify({ ...sealCommand(command, by), ...more }));
  const ledger = new ChangeLedger(versions.prefix);
  return { place, versions, config, requested, service, carryOut, ask, ledger };
}

/** Whoever may read the output of the unit is not what is tested. */
const { write } = process.stdout;
test.before.each(() => {
  process.stdout.write = () => true;
});
test.after.each(() => {
  process.stdout.write = write;
});

const rollback = (over: object = {}): SignedCommand => commandTo('rollback', {}, over);

test('what is signed is done once: back, restarted, told, and the file is gone', async () => {
  const { versions, service, carryOut, ask, ledger, requested } = await device();
  ask(rollback({ id: 'back' }));
  const request = requestName(readFileSync(requested));
  assert.is(await carryOut(), null);
  assert.equal([versions.current, versions.previous, service.runs], [OLD, NEW, OLD]);
  assert.equal(ledger.outcome(), { request, at: NOW, from: NEW, to: OLD, error: null });
  assert.equal(
    ledger.all().map(({ id, by, from, to, ended }) => ({ id, by, from, to, ended })),
    [{ id: 'back', by: key.id, from: NEW, to: OLD, ended: true }],
  );
  assert.is(existsSync(requested), false);
});

test('one for every device of the site is one for this one', async () => {
  const { versions, carryOut, ask } = await device();
  ask(rollback({ device: '_site' }));
  assert.is(await carryOut(), null);
  assert.is(versions.current, OLD);
});

test('the same request, the same id newly signed, and the same nonce are not done twice, and change no outcome', async () => {
  const { versions, carryOut, ask, ledger } = await device();
  const once = rollback({ id: 7 });
  ask(once);
  await carryOut();
  const outcome = ledger.outcome();
  ask(once);
  assert.match((await carryOut())!, 'replayed: this was done before, at 2023-11-14T22:13:20.000Z');
  assert.equal(ledger.outcome(), outcome);
  ask(rollback({ id: 7 }));
  assert.match((await carryOut())!, 'replayed: ');
  ask(rollback({ id: 8, nonce: once.nonce }));
  assert.match((await carryOut())!, 'replayed: ');
  assert.is(versions.current, OLD);
  ask(rollback({ id: '7' }));
  assert.is(await carryOut(), null, 'another id comes forth again');
  assert.is(versions.current, NEW);
});

test('nothing is done that is forged, foreign, out of time or something else, and why is told', async () => {
  const { versions, carryOut, ask, ledger, requested } = await device();
  const stranger = newKey();
  const signature = sealCommand(rollback(), stranger).signature;
  const cases: readonly [string, () => void][] = [
    [`unknown-key: key ${stranger.id} is not among`, () => ask(rollback(), stranger)],
    [`wrong-signature: the signature is not one of key ${key.id}`, () => ask(rollback(), key, { signature })],
    ['wrong-device: it is signed for site1/dev2, not for site1/dev1', () => ask(rollback({ device: 'dev2' }))],
    ['wrong-device: it is signed for site2/_site', () => ask(rollback({ site: 'site2', device: '_site' }))],
    ['wrong-name: it is signed for pause, not for rollback', () => ask(commandTo('pause'))],
    ['expired: it was valid until', () => ask(rollback({ issuedAt: NOW - 60_000, expiresAt: NOW }))],
    ['not-yet-valid: ', () => ask(rollback({ issuedAt: NOW + 60_000, expiresAt: NOW + 90_000 }))],
    ['invalid: ', () => ask(commandTo('rollback', { to: '0.9.0' }))],
    ['unsigned: rollback must be signed', () => writeFileSync(requested, '{}')],
    ['malformed: payload: expected a JSON object', () => writeFileSync(requested, 'rollback please')],
  ];
  for (const [why, write] of cases) {
    write();
    const request = requestName(readFileSync(requested));
    const refusal = await carryOut();
    assert.ok(refusal?.startsWith(why) || refusal?.includes(why), `${why}: ${refusal}`);
    const told = ledger.outcome()!;
    assert.equal([told.request, told.error, told.to], [request, refusal, null]);
    assert.equal([versions.current, existsSync(requested)], [NEW, false], why);
  }
  assert.equal(ledger.all(), []);
});

test('no link is followed, and what is huge or no file is not read', async () => {
  const { place, versions, carryOut, requested, ledger } = await device();
  const secret = join(place, 'shadow');
  writeFileSync(secret, JSON.stringify(sealCommand(rollback(), key)));
  symlinkSync(secret, requested);
  assert.match((await carryOut())!, `${requested} is a symbolic link`);
  assert.equal([existsSync(secret), lstatSync(requested, { throwIfNoEntry: false })], [true, undefined]);
  writeFileSync(requested, 'x'.repeat(200_000));
  assert.match((await carryOut())!, 'has more than 150000 bytes: no signed command has');
  assert.is(existsSync(requested), false);
  mkdirSync(requested);
  assert.match((await carryOut())!, `${requested} cannot be taken away`);
  assert.equal([versions.current, ledger.outcome()], [NEW, null]);
});

test('without keys nothing is obeyed, and keys that others can write count for nothing', async () => {
  const bare = await device({});
  bare.ask(rollback());
  assert.match((await bare.carryOut())!, 'no-key: rollback must be signed, and this device knows no key');
  const open = await device();
  chmodSync(open.config, 0o666);
  open.ask(rollback());
  assert.match((await open.carryOut())!, `expected a file that only root can change, got ${open.config}: chown root`);
  const keys = join(folder, 'fleet.pub');
  writeFileSync(keys, publicKeyText(key.key));
  chmodSync(keys, 0o664);
  const file = await device({ publicKeyFile: keys });
  file.ask(rollback());
  assert.match((await file.carryOut())!, 'commands.publicKeyFile: expected a file that only root can change');
  const shared = join(folder, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  writeFileSync(join(shared, 'fleet.pub'), publicKeyText(key.key));
  symlinkSync(join(shared, 'fleet.pub'), join(folder, 'link.pub'));
  const link = await device({ publicKeyFile: join(folder, 'link.pub') });
  link.ask(rollback());
  assert.match((await link.carryOut())!, `chown root ${shared} && chmod go-w ${shared}`);
  for (const { versions } of [bare, open, file, link]) assert.is(versions.current, NEW);
});

test('where there is no version before, or an update is at work, that is told and nothing is kept of it', async () => {
  const { versions, carryOut, ask, ledger } = await device();
  const release = lockUpdates(versions.prefix);
  ask(rollback());
  assert.match((await carryOut())!, 'another update is at work');
  release();
  await versions.switchBack(NEW, NEW);
  ask(rollback());
  assert.match((await carryOut())!, 'there is no version to go back to');
  assert.equal(ledger.all(), []);
});

test('what a power cut interrupts goes on, also when the command has expired meanwhile', async () => {
  for (const isSwitched of [false, true]) {
    const { versions, service, carryOut, ask, ledger, requested } = await device();
    const command = rollback();
    ask(command);
    const request = requestName(readFileSync(requested));
    const { id, nonce } = command;
    await ledger.put({ request, by: key.id, id, nonce, from: NEW, to: OLD, at: NOW, ended: false });
    if (isSwitched) await versions.rollback();
    assert.is(await carryOut(NOW + 7_200_000), null);
    assert.equal([versions.current, service.runs, ledger.outcome()!.error], [OLD, OLD, null]);
    ask(command);
    assert.match((await carryOut())!, 'replayed: ');
    assert.is(versions.current, OLD);
  }
});

test.run();
