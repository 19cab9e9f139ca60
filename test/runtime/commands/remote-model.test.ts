import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteModel } from '../../../src/runtime/commands/remote-model.js';
import { Commands } from '../../../src/telemetry/commands/commands.js';
import type { CommandResult } from '../../../src/telemetry/mqtt/messages/command.js';
import { problemOf } from '../../docs/our-commands.js';
import { commandTo, newKey, SCOPE, signedMessage } from '../../telemetry/commands/signing.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('remote-model');
const sha256 = 'a'.repeat(64);
const URL_OF_IT = 'https://models.example/of-others.onnx';
const key = newKey();

let made = 0;
/** @param script what the child does in place of fetching; what it was started with is in `process.argv` */
function device(script: string | null) {
  const answers: CommandResult[] = [];
  const commands = new Commands({ scope: SCOPE, keys: [key] });
  const models = join(folder, `${++made}`);
  const part = new RemoteModel({
    program: script === null ? [] : [process.execPath, '-e', script, '--'],
    folder: models,
    commands: { receiver: commands },
    publisher: { answer: (result) => void answers.push(result) },
  });
  for (const command of part.commands) commands.declare(command);
  // what was signed in the very ms of the start may be older than it
  const times = () => ({ issuedAt: Date.now() + 1000, expiresAt: Date.now() + 60_000 });
  const send = (body: object, id: string) =>
    commands.receive(signedMessage(key, commandTo('model', { ...body }, { id, ...times() })));
  return { part, answers, models, send };
}

test('a model is fetched by a process of its own, as the command line takes it, and told', async () => {
  const script =
    'console.log(JSON.stringify({ model: process.argv.at(-1), folder: JSON.stringify(process.argv.slice(1)), added: true }))';
  const { answers, models, send } = device(script);
  const body = { url: URL_OF_IT, sha256, name: 'theirs' };
  assert.equal((await send(body, 'get'))?.result, { state: 'accepted' });
  assert.match((await send({ url: URL_OF_IT, sha256 }, 'second'))!.error!, 'a model is being fetched');
  await eventually('it is told', () => answers.length === 1, 60_000);
  const [told] = answers;
  assert.equal([told!.id, told!.ok, told!.error], ['get', true, undefined]);
  const { state, model, isNew, folder: started } = told!.result!;
  assert.equal([state, model, isNew], ['done', 'theirs', true]);
  const args = JSON.parse(String(started)) as string[];
  assert.equal(args, ['models', 'pull', URL_OF_IT, '--sha256', sha256, '--dir', models, '--json', '--name', 'theirs']);
  assert.is(await problemOf(['edge-optimizer', ...args]), null);
  const again = await send(body, 'get');
  assert.equal([again?.repeated, again?.result?.['state']], [true, 'done']);
});

test('what could not be fetched is told with its reason, what is no model address is refused, and a library fetches nothing', async () => {
  const { answers, send } = device('console.error("E_DOWNLOAD: what came has another sha256"); process.exit(1)');
  assert.is((await send({ url: URL_OF_IT, sha256 }, 'get'))?.ok, true);
  await eventually('it is told', () => answers.length === 1, 60_000);
  assert.equal([answers[0]!.ok, answers[0]!.error], [false, 'E_DOWNLOAD: what came has another sha256']);
  const wrong = [{ url: URL_OF_IT }, { url: 'file:///etc/passwd', sha256 }, { url: 'https://a:b@x/y', sha256 }];
  for (const [index, body] of [...wrong, { url: URL_OF_IT, sha256, name: '../x' }].entries())
    assert.is((await send(body, `wrong-${index}`))?.refused, 'invalid');
  assert.match(
    (await device(null).send({ url: URL_OF_IT, sha256 }, 'x'))!.error!,
    'it has no command that fetches models',
  );
});

test.run();
