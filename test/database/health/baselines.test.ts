import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baselinesOf } from '../../../src/database/health/baselines.js';
import { DEFAULT_BASELINES } from '../../../src/database/health/health.js';
import type { ConfigError } from '../../../src/foundation/errors.js';

function problemsOf(...said: string[]): readonly string[] {
  try {
    baselinesOf(said);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
}

test('what is not said stays as it usually is', () => {
  assert.equal(baselinesOf([]), DEFAULT_BASELINES);
  assert.equal(baselinesOf(['fsyncMs=5', 'cacheHitRatio=0.99']), {
    ...DEFAULT_BASELINES,
    fsyncMs: 5,
    cacheHitRatio: 0.99,
  });
});

test('everything that cannot be used is told at once', () => {
  assert.equal(problemsOf('fsync=5', 'cacheHitRatio=95', 'averageQueryMs', 'slowQueryMs=0', 'freeShare=0.2'), [
    '--baseline fsync: unknown, did you mean fsyncMs?',
    '--baseline cacheHitRatio: expected a share from 0 to 1, as in cacheHitRatio=0.9, got "95"',
    '--baseline averageQueryMs: expected more than 0 ms, as in averageQueryMs=50, got ""',
    '--baseline slowQueryMs: expected more than 0 ms, as in slowQueryMs=500, got "0"',
  ]);
});

test.run();
