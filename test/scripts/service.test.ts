import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../src/config/load.js';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { problemOf } from '../docs/our-commands.js';
import { shellCommands } from '../docs/shell.js';
import { needs } from '../optional.js';
import { temporaryFolder } from '../temporary.js';

const test = suite('systemd unit');

const unitText = (name: string): string => readFileSync(join(PROJECT_ROOT, 'scripts/systemd', name), 'utf8');
const UNIT = unitText('edge-optimizer.service');
/** Of 10; systemd calls up to 4 OK. */
const MOST_EXPOSURE = 3;

const directive = (key: string): string => new RegExp(`^${key}=(.*)$`, 'm').exec(UNIT)?.[1] ?? '';

test('what it starts is a command line of this program', async () => {
  const { words } = shellCommands(directive('ExecStart'))[0]!;
  assert.equal(words.slice(-3), ['run', '--config', '/etc/edge-optimizer/site.yaml']);
  assert.is(await problemOf(words), null);
});

test('the example site keeps everything in the only folder that it may write to', () => {
  const { config } = loadConfig({
    file: join(PROJECT_ROOT, 'docs/example-site.yaml'),
    env: {},
    flags: { board: 'none' },
  });
  assert.is(directive('StateDirectory'), 'edge-optimizer');
  assert.is(config.store.dir, '/var/lib/edge-optimizer');
  assert.match(config.preview.file ?? '', /^\/var\/lib\/edge-optimizer\//);
  assert.is(config.diary.path, undefined);
});

test('a configuration that cannot be used is not tried again', () => {
  assert.is(directive('Restart'), 'always');
  assert.is(directive('RestartPreventExitStatus'), '2');
});

test('systemd hears of its start and of its life, which it sends by a process of its own', () => {
  assert.is(directive('Type'), 'notify');
  assert.is(directive('NotifyAccess'), 'all');
  assert.is(directive('WatchdogSec'), '180');
});

test('each start of it is counted by the guard, as root, and brings the watch over a version on trial', () => {
  assert.is(
    directive('ExecStartPre'),
    `-+/bin/sh -c '[ ! -x "$$0" ] || exec "$$0" start' /opt/edge-inference-optimizer/bin/update-guard`,
  );
  assert.match(UNIT, /^Wants=edge-optimizer-trial\.service$/m);
});

for (const what of ['rollback', 'update'])
  test(`what was commanded (${what}) is looked for where the program may write, and carried out by root alone`, async () => {
    assert.match(UNIT, new RegExp(`^Wants=edge-optimizer-${what}\\.path$`, 'm'));
    const [path, service] = ['path', 'service'].map((kind) => unitText(`edge-optimizer-${what}.${kind}`));
    const file = /^PathExists=(.*)$/m.exec(path!)![1]!;
    assert.is(file, `/var/lib/${directive('StateDirectory')}/${what}-request`);
    const command = /^ExecStart=(.*)$/m.exec(service!)![1]!;
    assert.match(command, ` ${what} --requested ${file} --config /etc/edge-optimizer/site.yaml `);
    assert.is(await problemOf(shellCommands(command)[0]!.words), null);
    assert.not.match(service!, /^User=/m);
  });

needs('systemd-analyze', test)('systemd understands the units beside it', () => {
  const folder = temporaryFolder('service');
  const names = ['trial.service', 'rollback.service', 'rollback.path', 'update.service', 'update.path'].map(
    (name) => `edge-optimizer-${name}`,
  );
  for (const name of names) {
    const text = unitText(name).replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
    writeFileSync(join(folder, name), text);
  }
  for (const name of names) {
    const { status, stderr } = analyze('verify', join(folder, name));
    assert.equal([name, status, stderr], [name, 0, '']);
  }
  // both by root: no more exposed than the service itself may be
  for (const name of names.filter((unit) => unit.endsWith('.service'))) {
    const limit = `--threshold=${MOST_EXPOSURE * 10}`;
    const security = analyze('security', '--offline=true', limit, '--no-pager', join(folder, name));
    assert.equal([name, security.status], [name, 0], security.stdout.split('\n').slice(-3).join('\n'));
  }
});

needs('systemd-analyze', test)('systemd understands it, and calls its exposure OK', () => {
  const unit = join(temporaryFolder('service'), 'edge-optimizer.service');
  // verify looks whether the program is there
  writeFileSync(unit, UNIT.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
  const verified = analyze('verify', unit);
  assert.equal([verified.status, verified.stderr], [0, '']);
  const security = analyze('security', '--offline=true', `--threshold=${MOST_EXPOSURE * 10}`, '--no-pager', unit);
  assert.is(security.status, 0, security.stdout.split('\n').slice(-3).join('\n'));
  assert.match(security.stdout, /exposure level for edge-optimizer\.service: [\d.]+ OK/);
});

function analyze(...args: string[]) {
  return spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: 30_000 });
}

test.run();
