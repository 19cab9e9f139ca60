import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Check, Patient } from '../../src/diagnose/check.js';
import { nodeCheck } from '../../src/diagnose/checks/system/node.js';
import { diagnose, worstOf } from '../../src/diagnose/diagnosis.js';
import { found } from '../../src/diagnose/finding.js';
import { findingText, LANGUAGES, languageOf } from '../../src/diagnose/languages/languages.js';

const test = suite('diagnosis');
// no check of these looks at it
const patient = {} as Patient;

const check = (name: string, run: Check['run'], deadlineMs = 1000): Check => ({
  ground: 'system',
  name,
  deadlineMs,
  run,
});

test('a check that hangs or throws is a finding, and the others are heard', async () => {
  const aborted: string[] = [];
  const results = await diagnose(
    [
      check(
        'hangs',
        async (_, signal) => {
          await sleep(5000, undefined, { signal }).catch(() => aborted.push('hangs'));
          return [];
        },
        20,
      ),
      check('throws', () => {
        throw new Error('no such file');
      }),
      check('good', async () => [found('fine', 'node-fine', { version: 'v20', libc: 'musl', arch: 'x64' })]),
    ],
    patient,
  );
  assert.equal(
    results.map(({ check: name, findings }) => [name, findings.map(({ code, condition }) => `${code} ${condition}`)]),
    [
      ['hangs', ['check-late unknown']],
      ['throws', ['check-failed unknown']],
      ['good', ['node-fine fine']],
    ],
  );
  assert.equal(aborted, ['hangs']);
  assert.is(worstOf(results), 'unknown');
});

test('an old Node is broken, and the words say which one is wanted, in both languages', async () => {
  const [result] = await diagnose([nodeCheck('v20.18.9')], patient);
  const [finding] = result?.findings ?? [];
  assert.ok(finding);
  assert.is(finding.condition, 'broken');
  assert.is(findingText(finding, LANGUAGES.en).what, 'Node v20.18.9 is older than 20.19');
  assert.is(findingText(finding, LANGUAGES.es).what, 'Node v20.18.9 es anterior a 20.19');
});

test('the language is that of the locale, and English for others', () => {
  assert.is(languageOf({ LANG: 'es_CL.UTF-8' }), 'es');
  assert.is(languageOf({ LANG: 'es_CL.UTF-8', LC_ALL: 'C' }), 'en');
  assert.is(languageOf({ LANG: 'fr_FR.UTF-8' }), 'en');
  assert.is(languageOf({}), 'en');
});

test.run();
