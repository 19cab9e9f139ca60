import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../../src/config/config.js';
import { largestBatch, poolsOf, usualBatch } from '../../../src/runtime/detector/worker-pools.js';

const cameras = Array.from({ length: 6 }, (_, index) => ({ id: `camera-${index}`, url: 'sim://road' }));

test('the plain keys are one pool, named default', () => {
  const { detector } = configSchema.parse({ detector: { workers: 3 } });
  assert.equal(
    poolsOf(detector).map(({ name, detector: { workers } }) => [name, workers]),
    [['default', 3]],
  );
});

test('what a pool does not say is as in the plain keys, but for the number of its workers', () => {
  const { detector } = configSchema.parse({
    detector: {
      workers: 3,
      intraOpThreads: 2,
      env: { A: '1' },
      pools: [{ name: 'npu', command: ['npu'] }, { name: 'cpu' }],
    },
  });
  const [npu, cpu] = poolsOf(detector);
  assert.equal([npu!.detector.command, npu!.detector.workers, npu!.detector.intraOpThreads], [['npu'], 1, 2]);
  assert.equal([cpu!.detector.command, cpu!.detector.env], [undefined, { A: '1' }]);
});

test('pictures go together on accelerators, as many as there are cameras, and nowhere else unless that is said', () => {
  const batches = (detector: object, schedule = {}): number[] => {
    const config = configSchema.parse({ cameras, detector, schedule });
    return poolsOf(config.detector).map((pool) => largestBatch(pool, config));
  };
  assert.equal(batches({ providers: ['cuda', 'cpu'] }), [6]);
  assert.equal(batches({}), [1]);
  assert.equal(batches({ command: ['mine'], providers: ['cuda'] }), [1]);
  assert.equal(batches({}, { maxBatch: 4 }), [4]);
  assert.equal(batches({ pools: [{ name: 'gpu', providers: ['cuda'], maxBatch: 16 }, { name: 'cpu' }] }), [16, 1]);
  assert.is(usualBatch(configSchema.parse({ detector: { providers: ['cuda'] } }).detector, 40), 8);
});

test.run();
