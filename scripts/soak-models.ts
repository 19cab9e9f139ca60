import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decimal, optionsOrExit, text, wholeNumber } from '../bench/harness/options.js';
import { configSchema } from '../src/config/config.js';
import { createLog } from '../src/foundation/log.js';
import { quantile } from '../src/foundation/statistics.js';
import { Runtime } from '../src/runtime/runtime.js';

/*
 * Changes the model again and again while cameras are answered, and shows whether a frame is lost, whether an answer comes
 * from a model that was replaced before, and whether memory grows. Cameras are read as fast as they are answered, so that
 * the load is whatever the machine can do.
 */

const USAGE = `node dist/scripts/soak-models.js [--changes 200] [--cameras 2] [--variants fp32-416x256,fp32-640x384] [--tolerance 5]

Prints a JSON object at the end; exit code 1 if a frame was lost, an answer came too late from a model before, or the memory of
the process in the last quarter of the changes is more than --tolerance percent above that of the second quarter.
`;

const {
  changes,
  cameras: cameraCount,
  variants: listed,
  tolerance,
} = optionsOrExit(process.argv.slice(2), USAGE, {
  changes: wholeNumber({ least: 1, usual: 200 }),
  cameras: wholeNumber({ least: 1, usual: 2 }),
  variants: text('fp32-416x256,fp32-640x384'),
  tolerance: decimal({ least: 0, usual: 5 }),
});

const MIB = 2 ** 20;
const variants = listed.split(',');
const folder = mkdtempSync(join(tmpdir(), 'edge-soak-models-'));
const config = configSchema.parse({
  cameras: Array.from({ length: cameraCount }, (_, i) => ({
    id: `cam${i}`,
    url: `sim://road?traffic=rush&seed=${i + 2}`,
    pace: 'fast',
  })),
  model: { name: 'roadside-n', variant: variants[0] },
  tune: { enabled: false },
  mqtt: { broker: 'off' },
  http: { enabled: false },
  store: { dir: folder },
});

const nextSeq = new Map<string, number>();
/** Per camera: the variant of its latest answer, and how often that changed. */
const author = new Map<string, { variant: string; turns: number }>();
let outOfOrder = 0;
let answered = 0;
const runtime = new Runtime(config, createLog('warn'), {
  onResult: ({ camera, seq, variant }) => {
    answered++;
    if (seq !== (nextSeq.get(camera) ?? 0)) outOfOrder++;
    nextSeq.set(camera, seq + 1);
    const last = author.get(camera);
    if (last?.variant !== variant) author.set(camera, { variant, turns: (last?.turns ?? -1) + 1 });
  },
});

await runtime.start();
const rss: number[] = [];
const changeMs: number[] = [];
let late = 0;
for (let change = 1; change <= changes; change++) {
  const variant = variants[change % variants.length]!;
  const began = performance.now();
  await runtime.changeModel({ variant });
  changeMs.push(performance.now() - began);
  for (const { id } of config.cameras) {
    const takenUp = () => author.get(id)?.variant === variant;
    for (let waited = 0; !takenUp() && waited < 10_000; waited += 5) await new Promise((done) => setTimeout(done, 5));
    if (author.get(id)?.turns !== change) late++;
  }
  rss.push(process.memoryUsage.rss() / MIB);
}
const { cameras, workers } = runtime.status();
const dropped = cameras.reduce((sum, camera) => sum + Object.values(camera.dropped).reduce((a, b) => a + b, 0), 0);
await runtime.stop('the soak is over');
rmSync(folder, { recursive: true, force: true });

const quarter = Math.floor(rss.length / 4);
const second = quantile(rss.slice(quarter, 2 * quarter), 0.5)!;
const last = quantile(rss.slice(-quarter), 0.5)!;
const growth = (last / second - 1) * 100;
const round = (value: number): number => Math.round(value * 10) / 10;
process.stdout.write(
  `${JSON.stringify({
    changes,
    answered,
    outOfOrder,
    dropped,
    mixed: late,
    workersAtTheEnd: workers.length,
    changeMs: { p50: round(quantile(changeMs, 0.5)!), p95: round(quantile(changeMs, 0.95)!) },
    rssMiB: { first: round(rss[0]!), secondQuarter: round(second), lastQuarter: round(last) },
    growthPercent: round(growth),
  })}\n`,
);
process.exitCode = outOfOrder + dropped + late > 0 || growth > tolerance ? 1 : 0;
