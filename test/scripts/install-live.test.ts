import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { where } from '../optional.js';
import { temporaryFolder } from '../temporary.js';
import { putProgram } from './board-image.js';

const test = suite('install.sh on a machine');

const PREFIX = '/opt/edge-inference-optimizer';
const SITE = '/etc/edge-optimizer/site.yaml';

/** What is written by the commands below lands here: over this machine's own root they see it, and this machine does not. */
const folder = temporaryFolder('install-live');
const written = join(folder, 'written');

const LAYERED = `cd "$0" && mkdir -p written work machine &&
mount -t overlay overlay -o lowerdir=/,upperdir="$0/written",workdir="$0/work" "$0/machine" &&
mount --rbind /proc machine/proc && mount --rbind /dev machine/dev && exec chroot machine "$@"`;

/** Runs a command on this machine, as it were. */
function onMachine(...command: string[]) {
  const env = { ...process.env, PATH: `/opt/stand-ins:${dirname(process.execPath)}:${process.env['PATH']}` };
  return spawnSync('unshare', ['--mount', 'sh', '-c', LAYERED, folder, ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    timeout: 60_000,
  });
}

const install = (...args: string[]) => onMachine('sh', `${PREFIX}/scripts/install.sh`, ...args);
const steps = (stdout: string) => stdout.split('\n').filter((line) => /^(created|changed|removed) /.test(line));

/** Systemd cannot run in a test: this remembers what it is told, and whether the service was started. */
const SYSTEMCTL = `#!/bin/sh
case $1 in
  is-active) [ -e /run/started ] ;;
  is-failed) exit 1 ;;
  show) case $* in *ActiveState*) [ -e /run/started ] && echo activating || echo inactive ;; *) cat /run/started ;; esac ;;
  restart) date >/run/started && echo "$@" >>/run/told ;;
  stop) rm -f /run/started && echo "$@" >>/run/told ;;
  *) echo "$@" >>/run/told ;;
esac
`;

/** What it was told since this was asked last. */
function toldToSystemd(): string[] {
  const file = join(written, 'run/told');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  rmSync(file, { force: true });
  return lines;
}

function prepare(): void {
  putProgram(written, PREFIX);
  for (const place of ['run/systemd/system', PROJECT_ROOT, dirname(process.execPath), 'opt/stand-ins']) {
    // as this layer has it, so that the service's user gets to where this build lies
    mkdirSync(join(written, place), { recursive: true });
  }
  writeFileSync(join(written, 'opt/stand-ins/systemctl'), SYSTEMCTL);
  chmodSync(join(written, 'opt/stand-ins/systemctl'), 0o755);
  writeFileSync(
    join(written, 'opt/answers.yaml'),
    'site: ruta-5\ndevice: norte-1\ncameras:\n  - { id: norte, url: "rtsp://someone:secret-of-the-camera@192.0.2.1/1" }\n',
  );
}

/** Whoever may lay one file system over another, on a machine that has not got the service. */
function isPossible(): boolean {
  if (process.getuid?.() !== 0 || existsSync(SITE)) return false;
  prepare();
  return onMachine('sh', '-c', 'command -v useradd').status === 0;
}

const layered = where(isPossible(), 'overlay file system for root', test);

layered('answers make a service that runs, with a configuration that its user has read', () => {
  const { status, stdout, stderr } = install('--answers', '/opt/answers.yaml');
  assert.equal([status, stderr], [0, '']);
  assert.equal(
    steps(stdout).filter((line) => !line.includes('in the group')),
    [
      'created   group edge-optimizer',
      'created   user edge-optimizer',
      'created   folder /var/lib/edge-optimizer (edge-optimizer:edge-optimizer 0700)',
      'created   folder /etc/edge-optimizer (root:edge-optimizer 0750)',
      `created   configuration ${SITE}`,
      `created   command /usr/local/bin/edge-optimizer -> ${PREFIX}/scripts/edge-optimizer.mjs`,
      'created   /etc/systemd/system/edge-optimizer.service',
      'created   /etc/systemd/system/edge-optimizer-trial.service',
      'created   start with the machine',
      'changed   what systemd knows of it (daemon-reload)',
      'changed   the service runs',
    ],
  );
  assert.match(stdout, `${SITE}: ok`);
  assert.match(stdout, 'systemctl status edge-optimizer');
  assert.equal(toldToSystemd(), ['daemon-reload', 'restart edge-optimizer.service']);
  const { stdout: modes } = onMachine('sh', '-c', 'stat -c "%U:%G %a %n" /etc/edge-optimizer/*');
  assert.equal(modes.trim().split('\n'), [
    'root:edge-optimizer 640 /etc/edge-optimizer/norte.url',
    `root:edge-optimizer 640 ${SITE}`,
  ]);
});

layered('a second run leaves the service alone', () => {
  const { stdout } = install('--answers', '/opt/answers.yaml');
  assert.equal(steps(stdout), []);
  assert.match(stdout, 'nothing was changed: all is as it should be');
  assert.equal(toldToSystemd(), []);
});

layered('a configuration that is newer than the service starts it anew', () => {
  const later = Date.now() / 1000 + 60;
  utimesSync(join(written, SITE), later, later);
  const { stdout } = install();
  assert.equal(steps(stdout), ['changed   the service runs, started anew']);
  assert.equal(toldToSystemd(), ['restart edge-optimizer.service']);
});

layered('a configuration that cannot be used is told, and the service that runs goes on', () => {
  const file = join(written, SITE);
  const good = readFileSync(file, 'utf8');
  writeFileSync(file, `${good}\ncamera: none\n`);
  const { status, stdout } = install();
  writeFileSync(file, good);
  assert.is(status, 1);
  assert.match(stdout, `correct ${SITE}, then: systemctl restart edge-optimizer`);
  assert.equal(toldToSystemd(), []);
});

layered('what is taken away is stopped first, and leaves no account behind', () => {
  const { status, stdout } = install('--uninstall', '--purge', '--yes');
  assert.is(status, 0);
  assert.equal(steps(stdout), [
    'removed   the running service',
    'removed   start with the machine',
    'removed   /etc/systemd/system/edge-optimizer.service',
    'removed   /etc/systemd/system/edge-optimizer-trial.service',
    'changed   what systemd knows of it (daemon-reload)',
    'removed   command /usr/local/bin/edge-optimizer',
    'removed   folder /etc/edge-optimizer',
    'removed   folder /var/lib/edge-optimizer',
    'removed   user edge-optimizer',
  ]);
  assert.equal(toldToSystemd(), [
    'stop edge-optimizer.service',
    'stop edge-optimizer-trial.service',
    'stop edge-optimizer-rollback.path',
    'stop edge-optimizer-update.path',
    'reset-failed edge-optimizer.service',
    'daemon-reload',
  ]);
  assert.is(onMachine('getent', 'passwd', 'edge-optimizer').stdout, '');
  assert.is(onMachine('getent', 'group', 'edge-optimizer').stdout, '');
});

layered('nobody to ask and no answers: all but the configuration is made, and the command for it is told', () => {
  const { status, stdout } = install();
  assert.is(status, 0);
  assert.match(stdout, `edge-optimizer config init --out ${SITE} --store-dir /var/lib/edge-optimizer`);
  assert.equal(toldToSystemd(), ['daemon-reload']);
});

layered('of one image every board makes its own name at its first start, once', () => {
  install('--uninstall', '--purge', '--yes');
  writeFileSync(join(written, 'opt/answers.yaml'), 'site: ruta-5\ncameras: [{ id: norte, url: "sim://road" }]\n');
  assert.is(install('--root', '/', '--answers', '/opt/answers.yaml').status, 0);
  assert.not(existsSync(join(written, SITE)));
  const drop = readFileSync(join(written, 'etc/systemd/system/edge-optimizer.service.d/first-start.conf'), 'utf8');
  // as systemd reads it: $$ is a dollar, + stands for root
  const firstStart = /^ExecStartPre=\+(.*)$/m.exec(drop)![1]!.replaceAll('$$', '$');
  const names = ['0123456789abcdef0123456789abcdef', 'fedcba9876543210fedcba9876543210'].map((id) => {
    writeFileSync(join(written, 'etc/machine-id'), `${id}\n`);
    rmSync(join(written, SITE), { force: true });
    const { status, stderr } = onMachine('sh', '-c', `${firstStart} && ${firstStart}`);
    assert.equal([status, stderr], [0, '']);
    return /^device: (.*)$/m.exec(readFileSync(join(written, SITE), 'utf8'))![1]!;
  });
  assert.match(names[0]!, /-[0-9a-f]{8}$/);
  assert.is.not(names[0], names[1]);
  assert.match(onMachine('stat', '-c', '%U:%G %a', SITE).stdout, 'root:edge-optimizer 640');
});

test.run();
