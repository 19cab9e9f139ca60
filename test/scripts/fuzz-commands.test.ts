import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fuzzCommands } from '../../scripts/fuzz-commands.js';
import { seeded } from '../seeded.js';

test('of thousands of messages by somebody without a key none is obeyed, and none breaks anything', async () => {
  const report = await fuzzCommands(3000, seeded(20));
  assert.equal([report.obeyed, report.crashes], [0, 0]);
  const { refused } = report;
  for (const cause of [
    'retained',
    'flood',
    'oversized',
    'malformed',
    'unknown-command',
    'unknown-key',
    'wrong-signature',
    'wrong-name',
    'wrong-device',
    'replayed',
  ] as const) {
    assert.ok((refused[cause] ?? 0) > 0, `none was refused as ${cause}`);
  }
});

test.run();
