import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { FIXED_FAMILIES, type FixedTask, leastFixed } from '../../../bench/compression/fixed-settings.js';

const TASKS = [0.98, 0.9].map((likeness) => ({ task: { likeness, maxBytes: 1 } }) as FixedTask);

for (const family of FIXED_FAMILIES) {
  test(`of ${family.name} the least quality that does on the whole is found, with three or four encodes of each picture`, async () => {
    for (const enough of family.qualities) {
      const tried: number[] = [];
      // as alike on the whole as asked for from `enough` on, though never in each picture
      const outcome = await leastFixed(family, TASKS, async ({ quality }, { task }) => {
        tried.push(quality);
        return {
          bytes: quality,
          encodes: 1,
          ms: 1,
          likeness: task.likeness === 0.9 ? 0.99 : 0.89 + (quality - enough) / 1000,
        };
      });
      assert.is(outcome!.name, `${family.name} ${enough}`);
      assert.equal(
        outcome!.made.map(({ bytes }) => bytes),
        [enough, enough],
      );
      assert.ok(new Set(tried).size <= 4, tried.join(' '));
    }
  });
}

test('a format that does at no quality has no setting', async () => {
  const made = { bytes: 1, encodes: 1, ms: 1, likeness: 0.5 };
  assert.is(await leastFixed(FIXED_FAMILIES[0]!, TASKS, async () => made), null);
});

test.run();
