import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { EmbeddedBroker } from '../../src/telemetry/mqtt/broker.js';
import { makeClip } from '../capture/sources.js';
import { listener } from '../telemetry/mqtt/capture-broker.js';
import { eventually, temporaryFolder } from '../temporary.js';

const dir = temporaryFolder('births');
const DEVICE = 'edge/v1/demo/cabinet';

/** Lines that vehicles of the simulated road cannot miss. */
const LINES = [
  { id: 'across', from: [0, 0.6], to: [1, 0.6] },
  { id: 'down', from: [0.5, 0], to: [0.5, 1] },
];

test('first frames, processes and crossings need no birth: each model tells one, and no more', async () => {
  // a broker of its own, so that the listener is there before the first message
  const broker = new EmbeddedBroker(0);
  const url = await broker.start();
  const heard = await listener(url);
  const config = configSchema.parse({
    device: 'cabinet',
    cameras: [
      { id: 'sim', url: 'sim://road?traffic=rush&seed=3', pace: 'fast', lines: LINES },
      { id: 'film', url: makeClip(join(dir, 'film.mp4')), loop: true },
    ],
    mqtt: { broker: url },
    http: { enabled: false },
    store: { dir },
    publish: { metricsIntervalMs: 200 },
  });
  const runtime = new Runtime(config, silentLog);
  await runtime.start();
  const values = new Map<string, unknown>();
  await eventually(
    'frames of both cameras, the memory of ffmpeg, and a crossing',
    () => {
      for (const { json } of heard.of(`${DEVICE}/metrics`)) {
        for (const [name, value] of Object.entries(json.values)) if (value !== null) values.set(name, value);
      }
      return (
        ['frames_captured.film', 'frames_captured.sim', 'vehicles.film', 'resident_memory.ffmpeg-film'].every((name) =>
          values.has(name),
        ) && [...values.keys()].some((name) => name.startsWith('line_crossings.sim.'))
      );
    },
    90_000,
  );
  await runtime.changeModel({ variant: 'fp32-416x256' });
  await runtime.stop('stopped');
  await eventually('the farewell', () => heard.messages.some(({ json }) => json?.reason === 'stopped'));

  const births = heard.of(`${DEVICE}/status`).filter(({ json }) => json.online);
  const variants = births.map(({ json }) => json.variant);
  // the connection may have been quicker than the model
  assert.equal(
    variants.filter((variant) => variant !== null),
    ['int8-fused-416x256', 'fp32-416x256'],
  );
  assert.ok(births.length <= 3, `${births.length} births`);
  const declared = new Set(births.at(-1)!.json.metrics.map(({ name }: { name: string }) => name));
  assert.equal(
    [...values.keys()].filter((name) => !declared.has(name)),
    [],
  );
  await heard.end();
  await broker.stop();
});

test.run();
