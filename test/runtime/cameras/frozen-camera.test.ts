import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PushSource } from '../../../src/capture/push-source.js';
import { configSchema } from '../../../src/config/config.js';
import { silentLog } from '../../../src/foundation/log.js';
import type { FrameResult } from '../../../src/frame/frame-result.js';
import { Runtime, type RuntimeEvent } from '../../../src/runtime/runtime.js';
import { parseSimulatorUrl } from '../../../src/simulator/options.js';
import { Road } from '../../../src/simulator/road.js';
import { needsModel } from '../../detect/roadside-request.js';
import { eventually, temporaryFolder } from '../../temporary.js';

const withModel = needsModel(test);
/** What ends what a test has begun, however it ended. */
const after: (() => Promise<void>)[] = [];
test.after.each(async () => {
  for (const stop of after.splice(0)) await stop();
});

const folder = temporaryFolder('frozen-camera');
const BEGIN = Date.UTC(2026, 5, 1, 12);
/** ms of the scene between two pictures. */
const STEP = 200;

/** A camera whose reader can be started anew; its time passes as fast as its pictures are answered. */
class Camera extends PushSource {
  readonly restarts: string[] = [];

  restart(reason: string): void {
    this.restarts.push(reason);
  }
}

withModel(
  'before a frozen picture nobody stands; it is told, the reader is started anew, and life goes on after it',
  async () => {
    const road = new Road(parseSimulatorUrl('sim://road?seed=3&fps=5&traffic=rush&width=320&height=180'));
    const { width, height } = road;
    const config = configSchema.parse({
      cameras: [
        {
          id: 'gate',
          url: 'push:',
          zones: [
            {
              id: 'road',
              polygon: [
                [0, 0],
                [1, 0],
                [1, 1],
                [0, 1],
              ],
            },
          ],
        },
      ],
      mqtt: { broker: 'off' },
      http: { enabled: false },
      store: { dir: join(folder, 'store') },
      publish: { metricsIntervalMs: 200 },
    });
    const source = new Camera('gate', 4);
    const results: FrameResult[] = [];
    const events: RuntimeEvent[] = [];
    const listener = {
      onResult: (result: FrameResult) => results.push(result),
      onEvent: (event: RuntimeEvent) => events.push(event),
    };
    const runtime = new Runtime(config, silentLog, listener, { sources: { gate: source } });
    after.push(() => runtime.stop('stopped'));
    await runtime.start();
    let shown = 0;
    const show = async (seconds: number, frameOf: (i: number) => number): Promise<void> => {
      for (let i = 0; i < seconds * (1000 / STEP); i++) {
        const data = new Uint8Array(width * height * 3);
        road.render(frameOf(i), data);
        source.push({ width, height, data, capturedAt: BEGIN + STEP * shown++ });
        while (results.length < shown) await setImmediate();
      }
    };
    const metrics = (): Record<string, unknown> => runtime.parts.metrics.snapshot();
    const codes = (): string[] => runtime.parts.alerts.active().map(({ code }) => code);

    await show(12, (i) => i);
    const before = runtime.status().cameras[0]!;
    assert.equal([before.plausibility, before.connectionQuality], ['plausible', 'excellent']);
    assert.ok(before.zones.road! > 0);

    await show(2, () => 60);
    const seen = events.length;
    await show(18, () => 60);
    const frozen = runtime.status().cameras[0]!;
    assert.equal([frozen.plausibility, frozen.connectionQuality, frozen.estimatedF1], ['frozen', 'unusable', null]);
    assert.equal([frozen.vehicles, frozen.zones], [{}, {}]);
    assert.equal(events.slice(seen), []);
    assert.equal(source.restarts, ['the picture of handed in by the program is frozen']);
    assert.equal([metrics()['camera_plausibility.gate'], metrics()['zone_vehicles.gate.road']], ['frozen', null]);
    assert.equal([metrics()['frames_frozen.gate'], metrics()['source_restarts_frozen.gate']], [25, 1]);
    await eventually('the alert', () => codes().includes('picture-frozen'));
    const told = events.length;

    await show(6, (i) => 61 + i);
    const again = runtime.status().cameras[0]!;
    assert.equal([again.plausibility, again.connectionQuality], ['plausible', 'excellent']);
    assert.ok(events.length > told);
    const stood = events
      .slice(seen)
      .flatMap((event) => ('stayedMs' in event ? [event.stayedMs] : 'seenMs' in event ? [event.seenMs] : []));
    assert.ok(Math.max(0, ...stood) < 20_000, `${Math.max(0, ...stood)} ms`);
    await eventually('the alert is over', () => !codes().includes('picture-frozen'));
  },
);

test.run();
