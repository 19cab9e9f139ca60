import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { temporaryCheck } from '../../../../src/diagnose/checks/storage/temporary.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('temporary');
const folder = temporaryFolder('temporary');
const look = (at: string) => findingsOf(temporaryCheck(at), patientAt('/'));

test('a folder that can be written is fine, and stays as it was', async () => {
  assert.equal(told(await look(folder)), ['fine temporary-fine']);
  assert.equal(readdirSync(folder), []);
});

test('one that is not there, or of the kernel, is told', async () => {
  const findings = await look(join(folder, 'none'));
  assert.equal(told(findings), ['degraded temporary-not-writable']);
  assert.is(findings[0]?.values.code, 'ENOENT');
  assert.match(remedyOf(findings) ?? '', /mode=1777/);
  assert.equal(told(await look('/proc')), ['degraded temporary-not-writable']);
});

test.run();
