import { chmodSync, chownSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Patient } from '../../../../src/diagnose/check.js';
import { groupsCheck } from '../../../../src/diagnose/checks/service/groups.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, runningAs, told } from '../patients.js';

const test = suite('groups');
/** Root gives the camera of these tests to a group; whoever else runs them has it in their own, which has the name here. */
const IS_ROOT = process.getuid?.() === 0;
const GID = IS_ROOT ? 44 : process.getgid!();

const UNIT = '[Service]\nUser=edge-optimizer\nGroup=edge-optimizer\n';
const UNIT_FILE = 'etc/systemd/system/edge-optimizer.service';
const PASSWD = 'root:x:0:0::/root:/bin/sh\nedge-optimizer:x:64001:64001::/var/lib/edge-optimizer:/usr/sbin/nologin\n';

/** A machine with the service, whose user is in the group of the devices or not, and with a camera of a mode. */
function machine(mode: number, { members = '', ...files }: { members?: string } & Files = {}): Patient {
  const root = tree({
    [UNIT_FILE]: UNIT,
    'etc/passwd': PASSWD,
    'etc/group': `video:x:${GID}:${members}\nedge-optimizer:x:64001:\n`,
    'dev/video0': '',
    ...files,
  });
  const camera = join(root, 'dev/video0');
  if (IS_ROOT) chownSync(camera, 0, GID);
  chmodSync(camera, mode);
  return patientAt(root);
}

/** With cameras. */
function watching(patient: Patient, urls: readonly string[]): Patient {
  const cameras = urls.map((url, index) => ({ id: `camera${index}`, url }));
  return { ...patient, config: { ...patient.config, cameras } as unknown as Patient['config'] };
}

const findings = (patient: Patient) => findingsOf(groupsCheck(), patient);

test('a user whose group owns the camera, or a camera for everybody, is fine', async () => {
  const member = await findings(watching(machine(0o660, { members: 'other,edge-optimizer' }), ['/dev/video0']));
  assert.equal(told(member), ['fine groups-fine']);
  assert.is(member[0]!.values['devices'], '/dev/video0');
  assert.equal(told(await findings(watching(machine(0o666), ['/dev/video0']))), ['fine groups-fine']);
});

test('a group of the unit alone counts, and one that a drop-in adds', async () => {
  const files = { [`${UNIT_FILE}.d/override.conf`]: '[Service]\nSupplementaryGroups=plugdev video\n' };
  assert.equal(told(await findings(watching(machine(0o660, files), ['/dev/video0']))), ['fine groups-fine']);
});

test('a user who is not in the group of a camera is told with the command that adds it', async () => {
  const missing = await findings(watching(machine(0o660), ['/dev/video0']));
  assert.equal(told(missing), ['degraded groups-missing']);
  assert.equal(missing[0]!.values, {
    user: 'edge-optimizer',
    device: '/dev/video0',
    group: 'video',
    unit: 'edge-optimizer.service',
  });
  assert.is(
    remedyOf(missing),
    'usermod --append --groups video edge-optimizer && systemctl restart edge-optimizer.service',
  );
});

test('a device that no group may open is not mended by a group', async () => {
  const closed = await findings(watching(machine(0o600, { members: 'edge-optimizer' }), ['/dev/video0']));
  assert.equal(told(closed), ['degraded groups-device-closed']);
  assert.match(remedyOf(closed)!, 'udev (apt-get install udev), whose rules give cameras to the group video');
});

test('cameras of the network and those that are not there say nothing of groups', async () => {
  assert.equal(await findings(watching(machine(0o600), ['rtsp://camera/1'])), []);
  assert.equal(await findings(watching(machine(0o600), ['/dev/video7'])), []);
});

test('a service that started before its user was in the group has to be started anew', async () => {
  const status = (groups: string) =>
    `Name:\tnode\nUid:\t64001\t64001\t64001\t64001\nGid:\t64001\t64001\t64001\t64001\nGroups:\t${groups}\n`;
  const since = (groups: string) => machine(0o660, { members: 'edge-optimizer', 'proc/4711/status': status(groups) });
  const before = { ...watching(since('64001'), ['/dev/video0']), running: runningAs(4711) };
  assert.equal(told(await findings(before)), ['degraded groups-not-yet']);
  assert.is(remedyOf(await findings(before)), 'systemctl restart edge-optimizer.service');
  const after = { ...watching(since(`64001 ${GID}`), ['/dev/video0']), running: runningAs(4711) };
  assert.equal(told(await findings(after)), ['fine groups-fine']);
});

test('a unit whose user has no account cannot start', async () => {
  const broken = await findings(machine(0o660, { 'etc/passwd': 'root:x:0:0::/root:/bin/sh\n' }));
  assert.equal(told(broken), ['broken groups-no-user']);
  assert.match(remedyOf(broken)!, 'sh scripts/install.sh');
});

test('without the unit, or as root, there is nothing to say', async () => {
  const asRoot = machine(0o600, { [UNIT_FILE]: '[Service]\nType=notify\n' });
  assert.equal(await findings(watching(asRoot, ['/dev/video0'])), []);
  assert.equal(await findings(patientAt(tree({}))), []);
});

test.run();
