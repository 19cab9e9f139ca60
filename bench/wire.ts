import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEngine } from '../src/runtime/engine.js';
import type { MetricValues } from '../src/telemetry/mqtt/messages/metrics.js';
import { flag, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal } from './harness/report.js';
import { CAMERA, WireDay } from './wire/day.js';
import { WireBroker } from './wire/wire-broker.js';

const USAGE = `npm run -s bench -- wire [--seconds 60] [--quick]

Bytes that one camera with a line and a zone puts on the wire in a day at the default settings, by topic, on roads with 1000, 17,000 and
60,000 vehicles a day in the shape of a working day. All messages go through the program's publisher and a broker; only time is
faster. Metrics are those of the running program before the simulated mixed road, read once a second for --seconds and told as if
they were a minute apart. There is no rival. A minute and a half; --quick: 5 seconds of metrics, half a minute.
`;

const ROADS = [1000, 17_000, 60_000];
const MOST = 1_000_000;
/** Seconds until a program that was just started is in its stride. */
const WARM_UP_S = 8;
/** PINGREQ and PINGRESP, where nothing else is sent for `mqtt.keepaliveS` (30 s): 4 bytes each time. */
const MOST_PINGS = (86_400 / 30) * 4;

/** The bytes of a day on the wire. */
export async function run(args: string[]): Promise<BenchReport> {
  const { seconds } = readOptions(args, USAGE, {
    seconds: wholeNumber({ least: 2, usual: 60, quick: 5 }),
    quick: flag,
  });
  process.stderr.write(`metrics of the running program, ${WARM_UP_S + seconds} s\n`);
  const snapshots = await metricsOf(seconds);
  const rows: Record<string, string | number>[] = [];
  const goals: Goal[] = [];
  for (const vehicles of ROADS) {
    process.stderr.write(`a day of ${vehicles} vehicles\n`);
    const broker = await WireBroker.start();
    const { told, leftOut } = await new WireDay(broker, snapshots).pass(vehicles);
    await broker.stop();
    const road = `${vehicles} vehicles`;
    let total = MOST_PINGS;
    for (const [topic, { messages, bytes }] of broker.kinds) {
      rows.push({ road, topic, messages, kB: Math.round(bytes / 100) / 10, bytesEach: Math.round(bytes / messages) });
      total += bytes;
    }
    const socket = broker.socketBytes + MOST_PINGS;
    rows.push({ road, topic: 'all, by packets', messages: told, kB: Math.round(total / 100) / 10, leftOut });
    rows.push({ road, topic: 'all, by the sockets', kB: Math.round(socket / 100) / 10 });
    goals.push({ name: `${road}: bytes a day`, value: socket, goal: `< ${MOST}`, met: socket < MOST });
  }
  return { name: 'wire', rows, goals };
}

/** All metrics of the program at work, second by second. Its store is its own, so that another one may run beside it. */
async function metricsOf(seconds: number): Promise<MetricValues[]> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-wire-'));
  try {
    const config = { cameras: [CAMERA as never], http: { enabled: false }, store: { dir: folder } };
    const engine = await createEngine({ config });
    await engine.start();
    const snapshots: MetricValues[] = [];
    for (let s = -WARM_UP_S; s < seconds; s++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      if (s >= 0) snapshots.push(engine.metrics());
    }
    await engine.stop();
    return snapshots;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
