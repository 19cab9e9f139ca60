import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../../src/config/load.js';
import { judgeCache } from '../../../../src/diagnose/checks/accuracy/cache.js';
import { judgeTrials, trialsCheck } from '../../../../src/diagnose/checks/accuracy/trials.js';
import { temporaryFolder } from '../../../temporary.js';
import { findingsOf, patientAt, remedyOf, told } from '../patients.js';

const test = suite('trials');

const trials = (back: number, kept: number) => [
  ...Array.from({ length: back }, () => ({ strategy: 'batching', verdict: 'rolled-back' })),
  ...Array.from({ length: kept }, () => ({ strategy: 'model', verdict: 'kept' })),
];

test('a tuning that takes back most of a day is told with what it moves', () => {
  const findings = judgeTrials(trials(9, 2));
  assert.equal(told(findings), ['degraded trials-rolled-back']);
  assert.equal(findings[0]?.values, { trials: 11, back: 9, strategy: 'batching' });
  assert.match(String(remedyOf(findings)), 'edge-optimizer trials --since 24h --verdict rolled-back');
});

test('some that are taken back are how it learns', () => {
  assert.equal(told(judgeTrials(trials(7, 2))), ['fine trials-fine']);
  assert.equal(told(judgeTrials(trials(9, 12))), ['fine trials-fine']);
  assert.equal(judgeTrials([]), []);
});

test('where there is no history there is nothing to say', async () => {
  const config = loadConfig({ env: { EDGE_STORE_DIR: join(temporaryFolder('trials'), 'none') } }).config;
  assert.equal(await findingsOf(trialsCheck(), patientAt('/', { config })), []);
});

/** Samples of the cache as `/metrics` has them. */
const metrics = (hits: number, misses: number, evicted: number): string =>
  [
    `edge_cache_hits_total{tier="memory"} ${hits}`,
    `edge_cache_misses_total{tier="memory"} ${misses}`,
    `edge_cache_evictions_total{tier="memory",reason="budget"} ${evicted}`,
  ].join('\n');

test('a cache that is too small names the setting; one that is seldom asked, or sees nothing twice, is no fault', () => {
  const findings = judgeCache(metrics(100, 9000, 8000), 16 * 2 ** 20);
  assert.equal(told(findings), ['degraded cache-small']);
  assert.is(remedyOf(findings), 'Set cache.memoryBytes: 67108864, where there is memory.');
  assert.equal(told(judgeCache(metrics(100, 9000, 10), 16 * 2 ** 20)), ['fine cache-seldom']);
  assert.equal(told(judgeCache(metrics(9000, 100, 0), 16 * 2 ** 20)), ['fine cache-fine']);
  assert.equal(judgeCache(metrics(10, 90, 80), 16 * 2 ** 20), []);
});

test.run();
