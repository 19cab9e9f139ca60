import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fetchBundle } from '../../src/cli/remote-bundle.js';
import { temporaryFolder } from '../temporary.js';

const folder = temporaryFolder('remote-bundle');
const content = Buffer.from('a bundle of three parts');
const sha256 = createHash('sha256').update(content).digest('hex');
const told = { bytes: content.length, sha256, parts: 3, partBytes: 8 };

const partOf = (part: number) => ({
  ok: true as const,
  id: 'x',
  result: { part, data: content.subarray(part * 8, part * 8 + 8).toString('base64') },
});

test('parts are put together, a lost one is asked for again, and the file is its owner’s alone', async () => {
  const file = join(folder, 'whole.tar.gz');
  const asked: number[] = [];
  await fetchBundle(file, told, async ({ part }) => {
    asked.push(part);
    return asked.length === 2 ? null : (partOf(part) as never);
  });
  assert.equal(asked, [0, 1, 1, 2]);
  assert.ok(readFileSync(file).equals(content));
  assert.is(statSync(file).mode & 0o777, 0o600);
});

test('a part that never comes, a wrong sum, an odd answer: told, and no file is left', async () => {
  const file = join(folder, 'none.tar.gz');
  const failure = async (of: unknown, answer: (part: number) => unknown): Promise<string> =>
    fetchBundle(file, of, async ({ part }) => answer(part) as never).then(
      () => 'done',
      (error: Error) => error.message,
    );
  assert.is(await failure(told, () => null), 'part 0 of the bundle did not come: no answer');
  assert.match(await failure({ ...told, sha256: '0'.repeat(64) }, partOf), /came with the sum/);
  assert.match(await failure({ ...told, bytes: 1e12 }, partOf), /its version another one/);
  assert.match(
    await failure(told, () => ({ ok: true, result: { part: 0, data: '%%' } })),
    /part 0 in a form that is not understood/,
  );
  assert.is(existsSync(file), false);
});

test.run();
