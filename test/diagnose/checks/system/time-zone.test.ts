import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timeZoneCheck } from '../../../../src/diagnose/checks/system/time-zone.js';
import { type Files, tree } from '../../../board/machine/trees.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('time zone');

const SANTIAGO = 'usr/share/zoneinfo/America/Santiago';

/** @param target of the link `/etc/localtime` */
function machine(files: Files, target: string | null): string {
  const root = tree(files);
  mkdirSync(join(root, 'etc'), { recursive: true });
  if (target !== null) symlinkSync(target, join(root, 'etc/localtime'));
  return root;
}
const look = (root: string, env = {}) => findingsOf(timeZoneCheck(), patientAt(root, { env }));

test('a zone of the system is fine, by a link of either kind', async () => {
  const files = { [SANTIAGO]: 'TZif2', 'etc/timezone': 'America/Santiago\n' };
  const findings = await look(machine(files, `/${SANTIAGO}`));
  assert.equal(told(findings), ['fine time-zone-fine']);
  assert.equal(findings[0]?.values, { zone: 'America/Santiago' });
  assert.equal(told(await look(machine(files, `../${SANTIAGO}`))), ['fine time-zone-fine']);
});

test('a link into zones that are not installed is told', async () => {
  const findings = await look(machine({}, `/${SANTIAGO}`));
  assert.equal(told(findings), ['degraded time-zone-dangling']);
  assert.match(remedyOf(findings) ?? '', /^Install the zones and set it: apt install tzdata/);
});

test('no zone at all is UTC, which may be what is wanted', async () => {
  assert.equal(told(await look(machine({}, null))), ['unknown time-zone-unset']);
});

test('a name that is no zone is told, one that is comes before the system', async () => {
  const root = machine({}, null);
  const findings = await look(root, { TZ: 'Chile/Santiago' });
  assert.equal(told(findings), ['degraded time-zone-no-such']);
  assert.equal(findings[0]?.values, { zone: 'Chile/Santiago' });
  for (const TZ of ['Europe/Madrid', ':America/Santiago', 'CET-1CEST'])
    assert.equal(told(await look(root, { TZ })), ['fine time-zone-fine'], TZ);
});

test.run();
