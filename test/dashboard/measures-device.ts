import { Cache } from '../../src/cache/cache.js';
import { cacheRoutes } from '../../src/dashboard/api/cache.js';
import { databaseRoutes } from '../../src/dashboard/api/database.js';
import { performanceRoutes } from '../../src/dashboard/api/performance.js';
import type { ResourcesReply } from '../../src/dashboard/api/resources.js';
import { resourcesRoutes } from '../../src/dashboard/api/resources.js';
import { headrooms } from '../../src/dashboard/measures/headroom.js';
import { pageRoutes } from '../../src/dashboard/page-files.js';
import type { HttpRoute } from '../../src/foundation/http-route.js';
import type { AskedChange } from '../../src/http/app.js';
import { HttpServer, json } from '../../src/http/server.js';
import { cachePort, DEVICE_CACHE } from '../../src/runtime/dashboard/cache.js';
import { databasePort } from '../../src/runtime/dashboard/databases.js';
import { Examinations } from '../../src/runtime/dashboard/examinations.js';
import { CacheStrategy } from '../../src/tune/strategies/cache-strategy.js';
import { type Days, NOON, writeDays } from './days.js';

/** What changes need on loopback. */
export const CHANGE_TOKEN = 'the-change-token-of-this-device';
const MIB = 2 ** 20;

/** A device that did its work for some days, as far as the pages about it look at it. */
export interface MeasuresDevice {
  readonly days: Days;
  readonly url: string;
  readonly caches: ReadonlyMap<string, Cache>;
  readonly changes: readonly AskedChange[];
  /** What the routes that are asked answer instead, by the end of their path. */
  readonly instead: Map<string, () => { status: number; body: string }>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Serves the pages and their real routes from days in a folder; `stop` and `start` on the same port are an outage. */
export async function measuresDevice(folder: string, hours = 30): Promise<MeasuresDevice> {
  const days = writeDays(folder, hours);
  const changes: AskedChange[] = [];
  const instead: MeasuresDevice['instead'] = new Map();
  const { caches, strategy } = workedCaches();
  const examinations = new Examinations({ databases: days.databases.all, obstacle: () => null, now: days.now });
  const { now, trials } = days;
  const routes = [
    ...performanceRoutes({
      reader: () => days.series.reader,
      alerts: (query) => days.alerts.read(query),
      trials: (query) => trials.read(query),
      commands: (since, until, limit) => days.commands.between(since, until, limit),
      cameras: () => ['north', 'south'],
      now,
    }),
    ...resourcesRoutes({ resources: () => hotBoard(days) }),
    ...cacheRoutes(
      cachePort({ caches: () => caches, simulated: () => strategy.simulated(), isSimulating: () => true, trials, now }),
    ),
    ...databaseRoutes(databasePort({ databases: days.databases.all, examinations, fsyncMs: () => 3.2, trials, now })),
  ].map((route) => swayed(route, instead));
  let http: HttpServer | null = null;
  let port = 0;
  const start = async (): Promise<void> => {
    const config = { enabled: true, host: '127.0.0.1', port };
    const all = [...pageRoutes(), ...routes, { path: '/api/status', handle: () => json({}) }];
    http = new HttpServer({
      config,
      routes: all,
      changeToken: CHANGE_TOKEN,
      onChange: (change) => changes.push(change),
    });
    port = (await http.start()).port;
  };
  await start();
  return {
    days,
    caches,
    changes,
    instead,
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    start,
    stop: async () => http?.stop(),
  };
}

function swayed(route: HttpRoute, instead: MeasuresDevice['instead']): HttpRoute {
  return {
    ...route,
    handle: (...asked) => {
      const other = [...instead].find(([end]) => route.path.endsWith(end))?.[1];
      return other === undefined ? route.handle(...asked) : { contentType: 'application/json', ...other() };
    },
  };
}

/** The device's own cache and a tenant's, after minutes of lookups in a circle that is too long for them. */
function workedCaches() {
  const own = new Cache({ memory: { maxBytes: 4 * MIB, strategy: 'lru' } });
  const theirs = new Cache({ memory: { maxBytes: MIB, strategy: 'lfu' } });
  const caches = new Map([
    [DEVICE_CACHE, own],
    ['city', theirs],
  ]);
  let at = 0;
  const strategy = new CacheStrategy({
    cache: own,
    configured: { strategy: 'lru', maxBytes: 4 * MIB },
    maxBytes: 16 * MIB,
    memoryFreeBytes: () => null,
    clock: { now: () => at, unixNow: () => NOON + at },
  });
  const entry = 'x'.repeat(9000);
  for (let minute = 0; minute < 5; minute++) {
    strategy.observe();
    for (let n = 0; n < 1500; n++) {
      const key = n % 3 === 0 ? `still-${n % 40}` : `scene-${(n * 7) % 500}`;
      for (const [id, cache] of caches) {
        const tags = [n % 3 === 0 ? 'still' : 'scene', `camera:${n % 2 ? 'north' : 'south'}`, `of:${id}`];
        if (cache.get(key) === undefined) cache.set(key, entry, { tags });
      }
    }
    at += 61_000;
  }
  strategy.observe();
  return { caches, strategy };
}

/** A Raspberry Pi of which some sensors tell nothing. */
function hotBoard({ now }: Days): ResourcesReply {
  const sensor = (area: string, what: string, name: string, value: number | null, unit: string, source: string) => ({
    area,
    what,
    name,
    value,
    unit,
    source,
    missing: value === null ? ('permission' as const) : null,
  });
  return {
    at: now(),
    machine: {
      model: 'Raspberry Pi 5 Model B Rev 1.0',
      cpu: 'ARM Cortex-A76',
      os: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.6.31',
      virtual: '',
    },
    powerMode: 'ondemand',
    cores: [71, 68, 74, 66],
    allowedCores: null,
    memory: { available: 1580 * MIB, total: 4096 * MIB },
    temperature: 74.2,
    throttleAt: 85,
    watts: 7.4,
    wattsOf: ['EXT5V'],
    throttledBy: [],
    untoldThrottles: ['quota'],
    headroom: headrooms({
      processor: 78,
      workers: 71,
      memory: 61,
      swap: 2,
      disk: 37,
      temperature: 76.5,
      throttleAt: 85,
      wear: null,
    }),
    processes: [
      { name: 'main', cpu: 41, bytes: 240 * MIB, proportionalBytes: 210 * MIB, threads: 18, openFiles: 64 },
      { name: 'worker-0', cpu: 162, bytes: 410 * MIB, proportionalBytes: 350 * MIB, threads: 9, openFiles: 31 },
      { name: 'ffmpeg-north', cpu: 22, bytes: 70 * MIB, proportionalBytes: 61 * MIB, threads: 6, openFiles: 12 },
      { name: 'ffmpeg-south', cpu: null, bytes: null, proportionalBytes: null, threads: null, openFiles: null },
    ],
    sensors: [
      sensor('heat', 'temperature', 'cpu-thermal', 74.2, '°C', '/sys/class/thermal/thermal_zone0/temp'),
      sensor('heat', 'slowed down at', 'cpu-thermal', 85, '°C', 'vcgencmd'),
      sensor('power', 'voltage', 'EXT5V', 5.08, 'V', 'vcgencmd'),
      sensor('throttling', 'power', 'firmware', null, '', 'vcgencmd get_throttled'),
      sensor('processor', 'clock', 'cpu0-3', 2400, 'MHz', '/sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq'),
    ],
    problems: [],
  };
}
