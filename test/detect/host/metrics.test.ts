import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { modelMetrics, workerMetrics } from '../../../src/detect/host/metrics.js';
import { Metrics } from '../../../src/telemetry/metrics/metrics.js';

test('restarts come by cause, and Prometheus hears what really runs', async () => {
  const metrics = new Metrics();
  const ends = { crashed: 3, stuck: 1, protocol: 0, memory: 2 };
  metrics.register(workerMetrics((cause) => ends[cause]));
  metrics.register(modelMetrics(() => ({ model: 'roadside-n', variant: 'fp32', provider: 'cpu' })));
  assert.equal(metrics.snapshot(), {
    'worker_restarts.crashed': 3,
    'worker_restarts.stuck': 1,
    'worker_restarts.protocol': 0,
    'worker_restarts.memory': 2,
  });
  const lines = (await metrics.prometheus()).split('\n');
  assert.ok(lines.includes('edge_worker_restarts_total{cause="crashed"} 3'));
  assert.ok(lines.includes('edge_model_info{model="roadside-n",variant="fp32",provider="cpu"} 1'));
});

test('before there is a worker the causes are named, without a reading', () => {
  const metrics = new Metrics();
  metrics.register(workerMetrics(() => null));
  assert.equal(metrics.snapshot(), {
    'worker_restarts.crashed': null,
    'worker_restarts.stuck': null,
    'worker_restarts.protocol': null,
    'worker_restarts.memory': null,
  });
});

test.run();
