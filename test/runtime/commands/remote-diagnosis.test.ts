import { createHash } from 'node:crypto';
import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RemoteDiagnosis, type RemoteDiagnosisParts } from '../../../src/runtime/commands/remote-diagnosis.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('remote-diagnosis');
const CALL = { by: 'key', toSite: false, signed: null };
/** The program that these tests are of. */
const MAIN = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

/** @param script what the child does in place of a diagnosis; its options are in `process.argv` */
function diagnosis(script: string, parts: Partial<RemoteDiagnosisParts> = {}) {
  const it = new RemoteDiagnosis({
    command: [process.execPath, '-e', script, '--'],
    folder,
    room: () => 250_000,
    ...parts,
  });
  const [command] = it.commands;
  const ask = (body: object): Promise<Record<string, unknown>> =>
    Promise.resolve().then(() => command!.handle(command!.payload.parse(body), CALL));
  return { it, ask };
}

const reporting = (findings: readonly object[]): string =>
  `console.log(JSON.stringify({ condition: 'degraded', findings: ${JSON.stringify(findings)}, asked: process.argv.slice(1) })); process.exitCode = 1;`;

const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => error.message,
  );

test('what the real diagnosis finds is the answer', async () => {
  const config = join(folder, 'site.json');
  writeFileSync(config, JSON.stringify({ store: { dir: join(folder, 'data') }, mqtt: { broker: 'off' } }));
  const { ask } = diagnosis('', { command: [process.execPath, MAIN, 'diagnose', '--config', config] });
  const report = await ask({ only: 'system/node', lang: 'es' });
  assert.equal([report['language'], report['condition']], ['es', 'fine']);
  assert.is((report['findings'] as { code: string }[])[0]?.code, 'node-fine');
});

test('options are handed on, and exit codes that say how the device is are no failure', async () => {
  const { ask } = diagnosis(reporting([]));
  assert.equal((await ask({ only: 'camera,broker', lang: 'en' }))['asked'], [
    '--json',
    '--only',
    'camera,broker',
    '--lang',
    'en',
  ]);
});

test('where the broker takes no packet of that size, what is fine goes first, then the next, and it is counted', async () => {
  const many = [
    ...Array.from({ length: 50 }, () => ({ condition: 'fine', text: 'x'.repeat(100) })),
    { condition: 'unknown' },
    { condition: 'broken', text: 'the fault' },
  ];
  const { ask } = diagnosis(reporting(many), { room: () => 2000 });
  const { findings, leftOut } = await ask({});
  assert.equal(
    [findings, leftOut],
    [[{ condition: 'unknown' }, { condition: 'broken', text: 'the fault' }], { fine: 50 }],
  );
  assert.match(
    await refusal(diagnosis(reporting(many), { room: () => 1010 }).ask({})),
    /^the report has no room in the 10 bytes/,
  );
});

test('one at a time, not too fast, and never for longer than its time', async () => {
  const { ask, it } = diagnosis('setTimeout(() => {}, 60_000)', { timeoutMs: 300 });
  const first = refusal(ask({}));
  assert.is(await refusal(ask({})), 'a diagnosis is under way: ask again in a minute');
  assert.is(await first, 'the diagnosis did not end within 0.3 s');
  const stopped = refusal(ask({}));
  await Promise.resolve();
  await Promise.resolve();
  it.stop();
  assert.match(await stopped, /^the diagnosis/);
  await refusal(ask({}));
  assert.is(await refusal(ask({})), 'diagnoses are asked for too fast: one every 30 s');
});

test('what fails is told by its last line, and a library has no diagnosis', async () => {
  assert.is(
    await refusal(diagnosis("console.error('first'); console.error('no such option'); process.exit(2)").ask({})),
    'the diagnosis failed: no such option',
  );
  assert.match(await refusal(diagnosis('', { command: [] }).ask({})), /as a library/);
});

test('a bundle is fetched in parts that fit, by its sum', async () => {
  const content = Buffer.from(Array.from({ length: 5000 }, (_, at) => at % 251));
  const script = `require('fs').writeFileSync(process.argv[process.argv.indexOf('--bundle') + 1], Buffer.from('${content.toString('base64')}', 'base64')); ${reporting([])}`;
  const { ask } = diagnosis(script, { room: () => 1000 + Math.ceil((2048 * 4) / 3) });
  const { bundle } = (await ask({ bundle: true })) as { bundle: { bytes: number; sha256: string; parts: number } };
  assert.equal(
    [bundle.bytes, bundle.parts, bundle.sha256],
    [5000, 3, createHash('sha256').update(content).digest('hex')],
  );
  const pieces = [];
  for (const part of [0, 1, 2])
    pieces.push(Buffer.from((await ask({ sha256: bundle.sha256, part }))['data'] as string, 'base64'));
  assert.ok(Buffer.concat(pieces).equals(content));
  assert.is(await refusal(ask({ sha256: bundle.sha256, part: 3 })), 'part: expected 0 to 2, got 3');
  assert.match(await refusal(ask({ sha256: '0'.repeat(64), part: 0 })), /there is another bundle by now/);
});

test('a bundle that nobody fetched within a day is removed', async () => {
  const file = join(folder, 'diagnosis-bundle.tar.gz');
  writeFileSync(file, 'old');
  const yesterday = Date.now() / 1000 - 2 * 86_400;
  utimesSync(file, yesterday, yesterday);
  const { it, ask } = diagnosis('');
  await it.start();
  await eventually('removed', () => !existsSync(file));
  assert.match(await refusal(ask({ sha256: '0'.repeat(64), part: 0 })), /there is no bundle/);
  it.stop();
});

test('a body that is neither is refused before anything is done', async () => {
  const { ask } = diagnosis(reporting([]));
  for (const body of [
    { only: '--root /' },
    { only: 'a; rm' },
    { lang: 'english' },
    { part: 1 },
    { sha256: 'x', part: 0 },
    { bundle: true, extra: 1 },
  ]) {
    assert.is.not(await refusal(ask(body)), 'done', JSON.stringify(body));
  }
});

test.run();
