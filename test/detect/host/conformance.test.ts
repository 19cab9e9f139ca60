import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDetector } from '../../../src/cli/detector.js';
import type { LoadRequest } from '../../../src/detect/detector.js';
import { runConformance } from '../../../src/detect/host/conformance.js';
import { PROJECT_ROOT } from '../../../src/foundation/home.js';
import { needs } from '../../optional.js';
import { needsModel, roadsideRequest } from '../roadside-request.js';

const FIXTURES = join(PROJECT_ROOT, 'test', 'fixtures');
const anyFile = roadsideRequest({ file: join(PROJECT_ROOT, 'package.json') });

/** The names of the checks that a worker fails. */
async function failures(command: readonly string[], request: LoadRequest, answerMs: number): Promise<string[]> {
  const results = await runConformance({ command }, { request, answerMs });
  assert.is(results.length, 15);
  return results.filter((result) => !result.ok).map((result) => result.name);
}

const scripted = (misbehaviour: string) =>
  failures([process.execPath, join(FIXTURES, 'scripted_worker.mjs'), misbehaviour], anyFile, 1500);

needs('python3', test)('a worker in plain Python passes every check', async () => {
  assert.equal(await failures(['python3', join(FIXTURES, 'fixed_boxes_worker.py')], anyFile, 10_000), []);
});

const BROKEN: Readonly<Record<string, readonly string[]>> = {
  'outlives-host': ['ends when the stream closes'],
  'trusts-lengths': ['refuses a length over the limit', 'refuses bytes that are no message'],
};

for (const [misbehaviour, failing] of Object.entries(BROKEN)) {
  test(`a worker that is broken by ${misbehaviour} fails exactly the checks about it`, async () => {
    assert.equal(await scripted(misbehaviour), failing);
  });
}

test('the command prints a line per check and exits with 1 where one fails', async () => {
  const lines: string[] = [];
  const command = [process.execPath, join(FIXTURES, 'scripted_worker.mjs'), 'box-outside'];
  const code = await checkDetector(command, { request: anyFile, write: (text) => lines.push(text) });
  assert.is(code, 1);
  assert.is(lines[0], 'ok      says hello with its protocol version\n');
  assert.match(lines[4]!, /^FAILED {2}detects on one picture\n {8}box \[1, 2, 210, 40\] is not inside/);
  assert.is(lines.at(-1), '13 of 15 checks passed\n');
});

needsModel(test)('the built-in worker passes every check, which json tells in one object', async () => {
  const lines: string[] = [];
  const code = await checkDetector([], { request: roadsideRequest(), json: true, write: (text) => lines.push(text) });
  assert.is(code, 0);
  assert.is(lines.length, 1);
  const { type, ok, checks } = JSON.parse(lines[0]!);
  assert.equal([type, ok, checks.length], ['detector-check', true, 15]);
});

test.run();
