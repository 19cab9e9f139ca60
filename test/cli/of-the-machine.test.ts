import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { besidesTheMachine, OF_THE_MACHINE } from './command-line.js';

const SLOW =
  '{"level":"warn","time":"2026-01-01T00:00:00.000Z","medianMs":59,"msg":"store.dir lies on a slow medium (SD card)"}\n';

test('a warning of a slow disk is left out of what a run said, and nothing else is', () => {
  const fault = '{"level":"error","time":"2026-01-01T00:00:00.000Z","msg":"store.dir lies on a slow medium"}\n';
  const other = '{"level":"warn","time":"2026-01-01T00:00:00.000Z","msg":"camera lost"}\n';
  assert.is(besidesTheMachine(''), '');
  assert.is(besidesTheMachine(SLOW), '');
  for (const said of [fault, other, 'Error: boom\n    at x\n', '{"level":"warn",', '\n', SLOW.trim().slice(0, -9)]) {
    assert.is(besidesTheMachine(SLOW + said), said);
    assert.is(besidesTheMachine(said + SLOW), said.endsWith('\n') ? said : said + SLOW);
  }
});

test('what is left out is what the program says', () => {
  const sources = readdirSync(join(PROJECT_ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(PROJECT_ROOT, 'src', name), 'utf8'));
  for (const beginning of OF_THE_MACHINE) {
    assert.ok(
      sources.some((source) => source.includes(`\`${beginning}`)),
      beginning,
    );
  }
});

test.run();
