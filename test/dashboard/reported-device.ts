import { join } from 'node:path';
import { trafficForecastRoutes } from '../../src/dashboard/api/traffic.js';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import type { EvidenceChain } from '../../src/evidence/chain/chain.js';
import { evidenceKey } from '../../src/evidence/chain/evidence-key.js';
import { FileStreams } from '../../src/http/file-streams.js';
import { HttpServer } from '../../src/http/server.js';
import { encodeJpeg } from '../../src/media/image.js';
import { dateAfter, localDay } from '../../src/report/day/local-day.js';
import { ReportFolder } from '../../src/report/files/report-folder.js';
import { makeReport, type ReportTask } from '../../src/report/make-report.js';
import { TrafficForecasts } from '../../src/runtime/dashboard/traffic-forecasts.js';
import { evidenceRoutes } from '../../src/runtime/evidence/evidence-routes.js';
import { verificationRoutes } from '../../src/runtime/evidence/verification-routes.js';
import { Verifications } from '../../src/runtime/evidence/verifications.js';
import { reportRoutes } from '../../src/runtime/reports/report-routes.js';
import { parseSimulatorUrl } from '../../src/simulator/options.js';
import { Road } from '../../src/simulator/road.js';
import { publicKeyText } from '../../src/telemetry/commands/keys.js';
import { someChain, someDraft } from '../evidence/chains.js';
import { DAY, HOUR, MINUTE, WrittenHistory, type WrittenMetric } from '../report/written-history.js';

export const REPORT_TOKEN = 'a-token-of-24-characters';
const ZONE = 'Europe/Madrid';
const DATE = '2026-11-26';
const WEEKS = 5;
const [WIDTH, HEIGHT] = [320, 180];

/** A device with weeks of counts, reports of its last day and week, and evidence, behind the routes that a device has. */
export interface ReportedDevice {
  readonly url: string;
  readonly chain: EvidenceChain;
  stop(): Promise<void>;
}

const day = localDay(DATE, ZONE);
const north = { camera: 'north' };
const METRICS: readonly WrittenMetric[] = [
  { metric: 'uptime', at: (t) => (t - day.from) / 1000 + 5e6 },
  { metric: 'machine_uptime', at: (t) => (t - day.from) / 1000 + 6e6 },
  { metric: 'fps_captured', labels: north, at: (t) => (t >= day.from + 3 * HOUR && t < day.from + 4 * HOUR ? 0 : 15) },
  { metric: 'estimated_f1', labels: north, at: () => 0.97 },
  { metric: 'stage_latency', labels: { camera: 'north', stage: 'total' }, kind: 'histogram', at: () => 21 },
  { metric: 'frames_answered', labels: { camera: 'north', origin: 'inferred' }, kind: 'rate', at: () => 3 },
  { metric: 'frames_answered', labels: { camera: 'north', origin: 'propagated' }, kind: 'rate', at: () => 9 },
  { metric: 'machine_temperature', at: (t) => (t === day.from + 14 * HOUR ? 81 : 52) },
];

/** Vehicles in an hour: two rushes, fewer at the weekend, and some chance. */
function vehiclesAt(t: number): number {
  const hour = (t / HOUR + 1) % 24;
  const rush = Math.exp(-(((hour - 8) / 2) ** 2)) + 0.9 * Math.exp(-(((hour - 18) / 2.5) ** 2));
  const isWeekend = [0, 6].includes(new Date(t).getUTCDay());
  const chance = ((Math.sin(t / HOUR) * 43_758.5453) % 1) * 12;
  return Math.max(0, Math.round((20 + 260 * rush) * (isWeekend ? 0.5 : 1) + chance));
}

export async function reportedDevice(folder: string, counted = WEEKS * 7): Promise<ReportedDevice> {
  const file = writtenWeeks(folder, counted);
  const now = day.to + 20 * MINUTE;
  const reports = new ReportFolder(join(folder, 'reports'));
  const task: ReportTask = {
    kind: 'daily',
    date: DATE,
    timeZone: ZONE,
    file,
    deviceFile: file,
    name: 'madrid/cabinet7',
    cameras: ['north'],
    tenant: null,
    terms: { currency: 'EUR', costPerKwh: 0.2, costPerGb: 4, accuracyFloor: 0.95, latencyMs: 300 },
    prospects: [],
    health: [],
    madeAt: now,
    languages: ['en', 'es'],
  };
  await reports.write(makeReport(task));
  await reports.write(makeReport({ ...task, kind: 'weekly', date: dateAfter(DATE, -7) }));
  const forecasts = new TrafficForecasts({
    files: new Map([[null, file]]),
    ownerOf: () => null,
    timeZone: ZONE,
    now: () => now,
  });
  const chain = await chainOfVehicles(folder);
  const owners = () => [{ tenant: null, chain }];
  const key = publicKeyText((await evidenceKey(folder)).key);
  // as long as nobody asks twice within a minute of it
  let asked = now;
  const verifications = new Verifications({ owners, key: () => key, now: () => (asked += 2 * MINUTE) });
  const http = new HttpServer({
    config: { enabled: true, host: '127.0.0.1', port: 0, token: REPORT_TOKEN },
    routes: [
      ...pageRoutes(),
      ...reportRoutes(new Map([[null, reports]])),
      ...trafficForecastRoutes(forecasts),
      ...evidenceRoutes({ owners, note: async () => undefined }, new FileStreams({ most: 16, mostOfOne: 12 })),
      ...verificationRoutes(verifications),
    ],
  });
  const { port } = await http.start();
  return {
    url: `http://127.0.0.1:${port}/`,
    chain,
    stop: async () => {
      await http.stop();
      await forecasts.stop();
      await verifications.stop();
      await chain.close();
    },
  };
}

function writtenWeeks(folder: string, counted: number): string {
  const from = day.to - counted * DAY;
  const history = new WrittenHistory(folder, Math.min(from, day.from - 7 * DAY));
  history.counts('north', { from, to: day.to }, (t) => ({
    away: { car: vehiclesAt(t), truck: Math.round(vehiclesAt(t) / 12) },
    near: { car: Math.round(vehiclesAt(t + 3 * HOUR) * 0.8) },
  }));
  for (const begin of [day.from - 7 * DAY, day.from]) history.steps(HOUR, begin, begin + DAY, METRICS);
  history.steps(
    MINUTE,
    day.from,
    day.to,
    METRICS.filter(({ metric }) => ['uptime', 'machine_uptime', 'fps_captured'].includes(metric)),
  );
  return history.close();
}

async function chainOfVehicles(folder: string): Promise<EvidenceChain> {
  const chain = await someChain(folder);
  const road = new Road(parseSimulatorUrl(`sim://road?traffic=rush&seed=2&fps=5&width=${WIDTH}&height=${HEIGHT}`));
  const pixels = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let frame = 20; frame < 80; frame += 20) {
    road.render(frame, pixels);
    const common = { frame, capturedAt: day.to - HOUR + frame * MINUTE, format: 'jpg' as const };
    const context = new Uint8Array(await encodeJpeg(pixels, WIDTH, HEIGHT, 80));
    const crop = croppedMiddle(pixels);
    const capturedAt = day.to - HOUR + frame * MINUTE;
    const draft = someDraft();
    await chain.append({ ...draft, event: { ...draft.event, frame, capturedAt } }, [
      { ...common, role: 'context', width: WIDTH, height: HEIGHT, data: context },
      {
        ...common,
        role: 'crop',
        width: WIDTH / 2,
        height: HEIGHT / 2,
        data: new Uint8Array(await encodeJpeg(crop, WIDTH / 2, HEIGHT / 2, 85)),
      },
    ]);
  }
  return chain;
}

function croppedMiddle(pixels: Uint8Array): Uint8Array {
  const [width, height] = [WIDTH / 2, HEIGHT / 2];
  const crop = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((y + height / 2) * WIDTH + width / 2) * 3;
    crop.set(pixels.subarray(from, from + width * 3), y * width * 3);
  }
  return crop;
}
