import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sourceMetrics } from '../../src/capture/metrics.js';
import { openSource } from '../../src/capture/open-source.js';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { decodeImage } from '../../src/media/image.js';
import { Metrics } from '../../src/telemetry/metrics/metrics.js';

test('what a camera delivers comes out by name, and nothing of one that has no reader yet', async () => {
  const { cameras, capture } = configSchema.parse({ cameras: [{ id: 'sim', url: 'sim://road', pace: 'fast' }] });
  const source = openSource({ camera: cameras[0]!, capture, log: silentLog, decodeImage });
  await source.start();
  for await (const frame of source.frames()) {
    frame.release();
    if (frame.seq === 2) break;
  }
  const metrics = new Metrics();
  metrics.register(sourceMetrics(() => [source, { camera: 'north', health: () => null }]));
  await source.stop();
  const values = metrics.snapshot();
  assert.ok((values['frames_captured.sim'] as number) >= 3);
  assert.is(values['frames_captured.north'], null);
  assert.is(values['source_reconnects.sim'], 0);
  assert.is(values['source_stalls.sim'], 0);
  assert.is(values['source_malformed.sim'], 0);
  assert.is(values['source_decode_errors.sim'], 0);
  assert.is(values['source_resolution_changes.sim'], 0);
  assert.is(values['fps_captured.north'], null);
  // what is drawn has no key frames
  assert.is(values['source_key_frame_interval.sim'], null);
  const lines = (await metrics.prometheus()).split('\n');
  const { connectionQuality } = source.health();
  assert.is(values['connection_quality.sim'], connectionQuality);
  assert.ok(lines.includes(`edge_connection_quality{camera="sim",value="${connectionQuality}"} 1`));
  assert.ok(lines.includes('edge_connection_quality{camera="sim",value="poor"} 0'));
});

test.run();
