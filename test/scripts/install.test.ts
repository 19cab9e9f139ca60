import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { has, where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { makeImage, PREFIX, putProgram } from './board-image.js';

const test = suite('install.sh');
const asRoot = where(process.getuid?.() === 0, 'root', test);

const SCRIPT = join(PROJECT_ROOT, 'scripts/install.sh');
const ANSWERS = 'site: ruta-5\ncameras: found\nbroker: off\n';

/** Runs the installer. */
function install(...args: string[]) {
  return spawnSync('sh', [SCRIPT, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
}

const images = temporaryFolder('install');
let made = 0;

/** A fresh one, with answers beside it. */
function image(): { root: string; answers: string; run: (...args: string[]) => ReturnType<typeof install> } {
  const folder = join(images, String((made += 1)));
  const root = join(folder, 'image of a board');
  const answers = join(folder, 'answers.yaml');
  makeImage(root);
  writeFileSync(answers, ANSWERS);
  return { root, answers, run: (...args) => install('--root', root, '--prefix', PREFIX, ...args) };
}

/** Every file, folder and link beneath, with owner, mode and content; what account tools keep aside is left out. */
function pictureOf(root: string): Record<string, string> {
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => !/^etc\/(\w+-|\.pwd\.lock)$/.test(path),
  );
  return Object.fromEntries(
    paths.sort().map((path) => {
      const { mode, uid, gid } = lstatSync(join(root, path));
      return [path, `${mode.toString(8)} ${uid}:${gid} ${contentOf(join(root, path))}`];
    }),
  );
}

function contentOf(path: string): string {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return readlinkSync(path);
  return stat.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '';
}

const steps = (stdout: string) =>
  stdout.split('\n').filter((line) => /^(would be )?(created|changed|removed) /.test(line));
const warnings = (stdout: string) => stdout.split('\n').filter((line) => line.startsWith('  - '));

asRoot('an image gets user, folders, command, unit and answers, and a dry run tells just that', () => {
  const { root, answers, run } = image();
  const before = pictureOf(root);
  const dry = run('--answers', answers, '--dry-run');
  assert.is(dry.stderr, '');
  assert.equal(pictureOf(root), before);
  const real = run('--answers', answers);
  assert.is(real.stderr, '');
  assert.is(real.status, 0);
  assert.equal(
    steps(dry.stdout).map((line) => line.replace(/^would be (\w+) */, '$1 ')),
    steps(real.stdout).map((line) => line.replace(/^(\w+) */, '$1 ')),
  );
  assert.equal(steps(real.stdout), [
    'created   group edge-optimizer',
    'created   user edge-optimizer',
    'changed   user edge-optimizer in the group video',
    'created   folder /var/lib/edge-optimizer (edge-optimizer:edge-optimizer 0700)',
    'created   folder /etc/edge-optimizer (root:edge-optimizer 0750)',
    'created   /etc/edge-optimizer/answers.yaml',
    `created   command /usr/local/bin/edge-optimizer -> ${PREFIX}/scripts/edge-optimizer.mjs`,
    'created   /etc/systemd/system/edge-optimizer.service',
    'created   /etc/systemd/system/edge-optimizer-trial.service',
    'created   /etc/systemd/system/edge-optimizer.service.d/first-start.conf',
    'created   start with the machine',
  ]);
  const after = pictureOf(root);
  assert.match(after['var/lib/edge-optimizer']!, /^40700 (\d+):\1 $/);
  assert.match(after['etc/edge-optimizer']!, /^40750 0:[1-9]/);
  assert.match(after['etc/edge-optimizer/answers.yaml']!, /^100600 0:0 /);
  assert.is(after['etc/edge-optimizer/site.yaml'], undefined);
  assert.is(
    readlinkSync(join(root, 'etc/systemd/system/multi-user.target.wants/edge-optimizer.service')),
    '/etc/systemd/system/edge-optimizer.service',
  );
});

asRoot('a second run changes nothing and says so', () => {
  const { root, answers, run } = image();
  run('--answers', answers);
  const before = pictureOf(root);
  const { stdout, status } = run('--answers', answers);
  assert.is(status, 0);
  assert.equal(steps(stdout), []);
  assert.match(stdout, 'nothing was changed: all is as it should be');
  assert.equal(pictureOf(root), before);
});

asRoot('what an interrupted run left half done is mended, one piece at a time', () => {
  const { root, run } = image();
  run();
  const whole = pictureOf(root);
  for (const piece of [
    'etc/systemd/system/edge-optimizer.service',
    'etc/systemd/system/multi-user.target.wants',
    'etc/edge-optimizer',
    'usr/local/bin/edge-optimizer',
    'var/lib/edge-optimizer',
  ]) {
    rmSync(join(root, piece), { recursive: true });
    assert.is(run().status, 0, piece);
    assert.equal(pictureOf(root), whole, piece);
  }
});

asRoot('taking it away leaves the image as it was, but for configuration and data, which root gets', () => {
  const { root, answers, run } = image();
  const before = pictureOf(root);
  run('--answers', answers);
  writeFileSync(join(root, 'var/lib/edge-optimizer/history.db'), 'counts');
  const removed = run('--uninstall');
  assert.is(removed.status, 0);
  const { 'etc/edge-optimizer': config, 'var/lib/edge-optimizer': data, ...rest } = pictureOf(root);
  assert.equal([config, data], ['40750 0:0 ', '40700 0:0 ']);
  assert.match(rest['var/lib/edge-optimizer/history.db']!, /^100644 0:0 /);
  assert.match(rest['etc/edge-optimizer/answers.yaml']!, /^100600 0:0 /);

  assert.match(run('--uninstall', '--purge').stderr, '--purge: expected --yes with it, as there is nobody to ask');
  assert.is(run('--uninstall', '--purge', '--yes').status, 0);
  const { 'etc/systemd/system/multi-user.target.wants': wants, ...left } = pictureOf(root);
  assert.match(wants ?? '', /^40755/);
  assert.equal(left, before);
  assert.match(run('--uninstall').stdout, 'nothing was changed: nothing of it is installed');
});

asRoot('what belongs to something else in the folder of the configuration stays as it is', () => {
  const { root, answers, run } = image();
  const before = pictureOf(root);
  run('--answers', answers, '--config', '/etc/site.yaml');
  assert.match(pictureOf(root)['etc/answers.yaml']!, /^100600 0:0 /);
  assert.match(pictureOf(root)['etc']!, /^40755 0:0 /);
  run('--config', '/etc/site.yaml', '--uninstall', '--purge', '--yes');
  const { 'etc/systemd/system/multi-user.target.wants': _wants, ...left } = pictureOf(root);
  assert.equal(left, before);
});

asRoot('a new installation over kept data gives it to the new user, whatever number that has', () => {
  const { root, run } = image();
  run();
  writeFileSync(join(root, 'var/lib/edge-optimizer/history.db'), 'counts');
  run('--uninstall');
  run();
  assert.match(pictureOf(root)['var/lib/edge-optimizer/history.db']!, /^100644 [1-9]\d*:[1-9]/);
});

asRoot('a file of something else at the place of the command is left alone, a link of this program is not', () => {
  const { root, run } = image();
  const command = join(root, 'usr/local/bin/edge-optimizer');
  writeFileSync(command, 'of somebody else');
  const { status, stdout } = run();
  assert.is(status, 0);
  assert.is(
    warnings(stdout).at(-1),
    `  - /usr/local/bin/edge-optimizer is of something else and was left alone; this program's command is ${PREFIX}/scripts/edge-optimizer.mjs`,
  );
  run('--uninstall');
  assert.is(readFileSync(command, 'utf8'), 'of somebody else');
  rmSync(command);
  symlinkSync('/opt/before/current/bin/edge-optimizer', command);
  assert.match(run().stdout, 'changed   command /usr/local/bin/edge-optimizer');
});

asRoot('a configuration is never changed, and the service may read what root made beside it', () => {
  const { root, answers, run } = image();
  const folder = join(root, 'etc/edge-optimizer');
  mkdirSync(folder);
  for (const name of ['site.yaml', 'mqtt.password', 'environment']) {
    writeFileSync(join(folder, name), `# ${name}`, { mode: 0o600 });
  }
  const { stdout } = run('--answers', answers);
  const {
    'etc/edge-optimizer/site.yaml': site,
    'etc/edge-optimizer/mqtt.password': password,
    'etc/edge-optimizer/environment': environment,
  } = pictureOf(root);
  assert.is(readFileSync(join(folder, 'site.yaml'), 'utf8'), '# site.yaml');
  assert.match(site!, /^100640 0:[1-9]/);
  assert.match(password!, /^100640 0:[1-9]/);
  assert.match(environment!, /^100600 0:0 /);
  assert.match(warnings(stdout).join(), 'site.yaml is in the image, with its device name');
});

asRoot('all that stands in the way is told at once, with what to do, and nothing is changed', () => {
  const { root, answers, run } = image();
  writeFileSync(answers, `device: one-for-all\n${ANSWERS}`);
  rmSync(join(root, PREFIX, 'dist'), { recursive: true });
  rmSync(join(root, 'usr/local/bin/node'));
  symlinkSync('/dev/null', join(root, 'etc/systemd/system/edge-optimizer.service'));
  writeFileSync(join(root, 'var/lib/edge-optimizer'), '');
  const before = pictureOf(root);
  const { status, stderr } = run('--answers', answers);
  assert.is(status, 2);
  const told = stderr.split('\n').filter((line) => line.startsWith('  - '));
  assert.equal(
    told.map((line) => line.split(': ').at(-1)),
    [
      'in a clone node scripts/setup.mjs --production, of a bundle ./install',
      '20.19 or newer is needed, for every user (docs/deployment.md says how), or take a bundle, which has it',
      'systemctl unmask edge-optimizer, or remove it',
      'move it away',
      'leave it out, each makes its own',
    ],
  );
  assert.equal(pictureOf(root), before);
});

asRoot('the lock of an interrupted change of accounts is told where its number is another process by now', () => {
  const { root, run } = image();
  writeFileSync(join(root, 'etc/group.lock'), `${process.pid}\0`);
  const { status, stderr } = run();
  assert.is(status, 2);
  assert.match(
    stderr,
    /group\.lock was left by a change of accounts that was interrupted \(process \d+ is .+ now\): rm '/,
  );
  writeFileSync(join(root, 'etc/group.lock'), '4194303\0');
  assert.is(run().status, 0);
});

asRoot('answers that no board could use are told before 400 boards have them', () => {
  const { root, answers, run } = image();
  writeFileSync(answers, 'site: ruta 5\ncameras: found\n');
  const { status, stderr } = run('--answers', answers);
  assert.is(status, 2);
  assert.match(stderr, /answers\.yaml cannot be used: .*\n?.*site: expected a name/);
  assert.not(readdirSync(join(root, 'etc')).includes('edge-optimizer'));
});

asRoot('a link in an image that leads to this machine is not followed', () => {
  const { root, answers, run } = image();
  symlinkSync(images, join(root, 'var/lib/edge-optimizer'));
  const { status, stderr } = run('--answers', answers);
  assert.is(status, 2);
  assert.match(stderr, '/var/lib/edge-optimizer: a link in the image leads out of it');
});

asRoot('the machine id of an image is told, also where only D-Bus has kept it, and left as it is', () => {
  const { root, run } = image();
  const places = ['etc/machine-id', 'var/lib/dbus/machine-id'].map((place) => join(root, place));
  mkdirSync(join(root, 'var/lib/dbus'));
  const id = '0123456789abcdef0123456789abcdef\n';
  for (const place of places) writeFileSync(place, id);
  const told = () => /truncate --size 0( .*)/.exec(run().stdout)?.[1];
  assert.is(told(), ` '${places[0]}' '${places[1]}'`);
  writeFileSync(places[0]!, '');
  assert.is(told(), ` '${places[1]}'`);
  assert.is(readFileSync(places[1]!, 'utf8'), id);
  writeFileSync(places[1]!, '');
  assert.is(told(), undefined);
});

asRoot('paths with blanks are one word each in the unit, and at the first start', () => {
  const { root, answers, run } = image();
  run('--answers', answers, '--config', '/etc/my site/site.yaml');
  const unit = readFileSync(join(root, 'etc/systemd/system/edge-optimizer.service'), 'utf8');
  assert.match(
    unit,
    `ExecStart=/usr/local/bin/node --max-semi-space-size=2 "${PREFIX}/dist/src/main.js" run --config "/etc/my site/site.yaml"\n`,
  );
  assert.match(unit, 'Documentation=file:///opt/edge%%20optimizer/docs/deployment.md\n');
  const drop = readFileSync(join(root, 'etc/systemd/system/edge-optimizer.service.d/first-start.conf'), 'utf8');
  assert.match(
    drop,
    `"${PREFIX}/dist/src/main.js" config init --answers "/etc/my site/answers.yaml" --out "/etc/my site/site.yaml"`,
  );
});

asRoot('beside the versions of a bundle are the units of a commanded rollback, which go with the others', () => {
  const { root, run } = image();
  const bundle = join(PREFIX, 'versions/1.0.0-aaaaaaaa');
  putProgram(root, bundle);
  mkdirSync(join(root, bundle, 'bin'));
  for (const name of ['node', 'edge-optimizer']) {
    cpSync(join(root, 'usr/local/bin/node'), join(root, bundle, 'bin', name));
  }
  symlinkSync('versions/1.0.0-aaaaaaaa', join(root, PREFIX, 'current'));
  const { status, stderr } = run('--config', '/etc/my site/site.yaml');
  assert.equal([status, stderr], [0, '']);
  const unit = (kind: string) => join(root, `etc/systemd/system/edge-optimizer-rollback.${kind}`);
  const path = readFileSync(unit('path'), 'utf8');
  assert.match(path, `ConditionPathExists=${PREFIX}/current\n`);
  assert.match(path, 'PathExists=/var/lib/edge-optimizer/rollback-request\n');
  const service = readFileSync(unit('service'), 'utf8');
  assert.match(
    service,
    `ExecStart="${PREFIX}/current/bin/edge-optimizer" rollback --requested /var/lib/edge-optimizer/rollback-request --config "/etc/my site/site.yaml" --prefix "${PREFIX}"\n`,
  );
  assert.match(service, `ReadWritePaths="${PREFIX}"\nReadWritePaths=/var/lib/edge-optimizer\n`);
  const ofUpdate = (kind: string) => join(root, `etc/systemd/system/edge-optimizer-update.${kind}`);
  assert.match(readFileSync(ofUpdate('path'), 'utf8'), 'PathExists=/var/lib/edge-optimizer/update-request\n');
  assert.match(
    readFileSync(ofUpdate('service'), 'utf8'),
    `ExecStart="${PREFIX}/current/bin/edge-optimizer" update --requested /var/lib/edge-optimizer/update-request --config "/etc/my site/site.yaml" --prefix "${PREFIX}"\n`,
  );
  assert.is(run('--uninstall').status, 0);
  const left = [unit('path'), unit('service'), ofUpdate('path'), ofUpdate('service')].map((file) => existsSync(file));
  assert.equal(left, [false, false, false, false]);
});

where(
  process.getuid?.() === 0 && has('systemd-analyze'),
  'root with systemd-analyze',
  test,
)('systemd understands the unit with its blanks, and what is done at the first start', () => {
  const { root, answers, run } = image();
  run('--answers', answers);
  const folder = join(root, 'etc/systemd/system');
  for (const name of ['edge-optimizer.service', 'edge-optimizer.service.d/first-start.conf']) {
    // verify looks whether the programs are on this machine
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('/usr/local/bin/node', process.execPath));
  }
  const args = ['verify', '--man=no', join(folder, 'edge-optimizer.service')];
  const { status, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8', timeout: 30_000 });
  assert.equal([status, stderr], [0, '']);
});

test('a dry run needs no root, and an option that there is not is refused', () => {
  const { stdout } = install('--help');
  assert.match(stdout, '--dry-run');
  for (const [args, told] of [
    [['--instal'], '--instal: expected one of the options that --help tells'],
    [['--config'], '--config: expected a path, got nothing'],
    [['--purge'], '--purge: expected --uninstall with it'],
    [['--root', '/nowhere'], '--root: expected the folder where an image is mounted, got /nowhere'],
  ] as const) {
    const { status, stderr } = install(...args);
    assert.equal([status, stderr], [2, `install: ${told}\n`]);
  }
});

test.run();
