import type { SeriesKey, SeriesRow } from '../../src/store/series/rollup.js';
import { mergedPoint, type SeriesPoint } from '../../src/store/series/series-point.js';
import { seeded } from '../seeded.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const CAMERAS = ['north', 'south'];
const MIB = 2 ** 20;

interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** How it is at a moment. */
interface Moment {
  /** Of the day's most traffic, 0..1. */
  readonly load: number;
  /** How far the board is slowed down by heat, 0..1. */
  readonly hot: number;
  /** Of the minute, the share in which it was held back. */
  readonly held: number;
  readonly uptimeS: number;
}

/** Two cameras and a board with four cores, minute by minute: a rush in the morning and in the evening, and one hot time. */
export class DayMetrics {
  readonly #hot: Stretch;
  readonly #cut: Stretch;
  readonly #random = seeded(17);
  /** Points of the hour that goes on, by series. */
  readonly #hour = new Map<string, { key: SeriesKey; points: SeriesPoint[] }>();

  constructor(hot: Stretch, cut: Stretch) {
    this.#hot = hot;
    this.#cut = cut;
  }

  /** Every series over the minute that begins at `t`, Unix ms. */
  minute(t: number): SeriesRow[] {
    const rows = [...this.#series(t)];
    for (const { point, ...key } of rows) {
      const open = this.#hour.get(key.name) ?? { key, points: [] };
      open.points.push(point);
      this.#hour.set(key.name, open);
    }
    return rows;
  }

  /** Every series over the hour that began at `t`, once its minutes are over. */
  hour(t: number): SeriesRow[] {
    const rows = [...this.#hour.values()].map(({ key, points }) => ({ ...key, point: mergedPoint(t, points) }));
    this.#hour.clear();
    return rows;
  }

  *#series(t: number): Iterable<SeriesRow> {
    const { load, hot, held, uptimeS } = this.#momentAt(t);
    const slow = 1 + 2.2 * hot;
    const row = (
      metric: string,
      labels: SeriesKey['labels'],
      unit: string,
      value: number,
      kind: SeriesKey['kind'] = 'gauge',
    ): SeriesRow => {
      const spread = 0.08 * Math.abs(value) * this.#random();
      const mean = value + 0.03 * value * (this.#random() - 0.5);
      const point = { t, min: mean - spread, mean, max: mean + spread, p95: mean + 0.8 * spread, count: 60 };
      return { name: [metric, ...Object.values(labels)].join('.'), metric, labels, unit, kind, point };
    };
    const exact = (metric: string, labels: SeriesKey['labels'], unit: string, value: number): SeriesRow => ({
      ...row(metric, labels, unit, value),
      point: { t, min: value, mean: value, max: value, p95: value, count: 60 },
    });
    const stages = {
      capture: 4,
      resize: 3,
      queue: 9 * slow,
      infer: 48 * slow,
      decode: 3 * slow,
      publish: 2,
    };
    const total = Object.values(stages).reduce((sum, ms) => sum + ms, 0);
    for (const [stage, ms] of Object.entries({ ...stages, total })) {
      yield row('stage_p50', { stage }, 'ms', ms);
      yield row('stage_p95', { stage }, 'ms', ms * 1.6);
    }
    for (const [index, camera] of CAMERAS.entries()) {
      const wanted = (3 + 5 * load) * (1 - 0.2 * index);
      const drops = 10 * 0.14 * hot;
      yield row('latency_p50', { camera }, 'ms', total * (1 + 0.1 * index));
      yield row('latency_p95', { camera }, 'ms', total * 1.6 * (1 + 0.1 * index));
      yield exact('fps_captured', { camera }, 'frames/s', 10);
      yield row('fps_inferred', { camera }, 'frames/s', wanted / slow);
      yield row('fps_wanted', { camera }, 'frames/s', wanted);
      yield row('frames_captured', { camera }, 'frames/s', 10, 'rate');
      yield row('frames_answered', { camera, origin: 'inferred' }, 'frames/s', wanted / slow, 'rate');
      yield row(
        'frames_answered',
        { camera, origin: 'propagated' },
        'frames/s',
        10 - wanted / slow - drops - 1,
        'rate',
      );
      yield row('frames_answered', { camera, origin: 'reused-memory' }, 'frames/s', 0.9, 'rate');
      yield row('frames_answered', { camera, origin: 'reused-disk' }, 'frames/s', 0.1, 'rate');
      yield row('frames_dropped', { camera, cause: 'stale' }, 'frames/s', drops * 0.7, 'rate');
      yield row('frames_dropped', { camera, cause: 'overload' }, 'frames/s', drops * 0.3, 'rate');
      yield row('estimated_f1', { camera }, '', 0.94 - 0.06 * hot - 0.01 * index);
      yield row('estimated_f1_low', { camera }, '', 0.91 - 0.08 * hot - 0.01 * index);
      yield row('vehicles', { camera }, 'vehicles', 1 + 9 * load);
      for (const [stage, ms] of Object.entries({ ...stages, total })) {
        const { point, ...key } = row('stage_latency', { camera, stage }, 'ms', ms, 'histogram');
        yield { ...key, point: { ...point, p95: ms * 1.6, max: ms * 2.4, count: 600 } };
      }
    }
    const cpu = Math.min(99, 34 + 34 * load + 24 * hot);
    yield row('machine_cpu', {}, '%', cpu);
    const modes = { user: cpu * 0.8, system: cpu * 0.15, iowait: 1.5, steal: 0 };
    for (const [mode, value] of Object.entries(modes)) yield row('machine_cpu_mode', { mode }, '%', value);
    for (let core = 0; core < 4; core++)
      yield row('machine_cpu_core', { core: String(core) }, '%', cpu * (0.94 + 0.04 * core));
    for (const [resource, value] of Object.entries({ cpu: 4 + 40 * hot, memory: 0, io: 1 })) {
      yield row('machine_pressure', { resource }, '%', value);
      yield row('machine_pressure_full', { resource }, '%', value / 4);
    }
    yield row('machine_memory', {}, '%', 58 + 4 * load);
    yield row('machine_memory_available', {}, 'bytes', (1 - (58 + 4 * load) / 100) * 4096 * MIB);
    yield row('machine_swap', {}, '%', 2);
    yield row('machine_disk_free', { place: 'store' }, 'bytes', 19_000 * MIB);
    yield row('machine_disk_used', { place: 'store' }, '%', 37);
    yield row('machine_disk_busy', { disk: 'mmcblk0' }, '%', 6);
    yield row('machine_disk_read_bytes', { disk: 'mmcblk0' }, 'bytes/s', 20_000, 'rate');
    yield row('machine_disk_written_bytes', { disk: 'mmcblk0' }, 'bytes/s', 90_000, 'rate');
    yield row('machine_interface_received_bytes', { interface: 'eth0' }, 'bytes/s', 900_000, 'rate');
    yield row('machine_interface_sent_bytes', { interface: 'eth0' }, 'bytes/s', 14_000 + 20_000 * load, 'rate');
    yield row('machine_interface_errors', { interface: 'eth0' }, 'packets/s', 0, 'rate');
    yield row('machine_temperature', {}, '°C', 62 + 6 * load + 15 * hot);
    yield exact('machine_throttle_temperature', {}, '°C', 85);
    yield row('machine_sensor_temperature', { sensor: 'cpu-thermal' }, '°C', 62 + 6 * load + 15 * hot);
    yield row('machine_sensor_temperature', { sensor: 'rp1_adc' }, '°C', 54 + 3 * load + 8 * hot);
    yield row('machine_cpu_clock', { cluster: 'cpu0-3' }, 'MHz', 2400 - 1300 * hot);
    yield row('machine_cpu_clock_limit', { cluster: 'cpu0-3' }, 'MHz', 2400 - 1200 * hot);
    yield exact('machine_throttled', {}, '', held);
    for (const cause of ['heat', 'power', 'current']) {
      yield exact('machine_throttled_by', { cause }, '', cause === 'heat' ? held : 0);
    }
    yield row('machine_fan', { fan: 'cooling_fan' }, 'rpm', 3200 + 4000 * hot);
    yield row('machine_power', {}, 'W', 6.2 + 2.4 * load - 1.1 * hot);
    for (const [process, share] of [
      ['main', 0.25],
      ['worker-0', 0.55],
      ['ffmpeg-north', 0.1],
      ['ffmpeg-south', 0.1],
    ] as const) {
      yield row('process_cpu', { process }, '%', 4 * cpu * share * 0.96);
      yield row('resident_memory', { process }, 'bytes', (120 + 500 * share) * MIB);
    }
    yield row('tune_utilisation', {}, '', 0.45 + 0.3 * load + 0.4 * hot);
    yield row('pool_workers', { pool: 'default', standing: 'serving' }, '', 2 - hot);
    for (const [tier, ratio] of [
      ['memory', 0.71],
      ['disk', 0.2],
    ] as const) {
      yield row('cache_hits', { tier }, '/s', 40 * ratio * (0.4 + load), 'rate');
      yield row('cache_misses', { tier }, '/s', 40 * (1 - ratio) * (0.4 + load), 'rate');
      yield row('cache_size', { tier }, 'bytes', (tier === 'memory' ? 14 : 180) * MIB);
      for (const [reason, rate] of Object.entries({ budget: 0.8, expired: 0.3, invalidated: 0.02 })) {
        yield row('cache_evictions', { tier, reason }, 'entries/s', rate * load, 'rate');
      }
    }
    yield {
      ...exact('uptime', {}, 's', uptimeS),
      point: { t, min: uptimeS - 59, mean: uptimeS - 30, max: uptimeS, p95: uptimeS - 3, count: 60 },
    };
  }

  #momentAt(t: number): Moment {
    const hour = (t / HOUR) % 24;
    const bell = (middle: number, width: number): number => Math.exp(-(((hour - middle) / width) ** 2));
    const load = Math.min(1, 0.08 + 0.9 * bell(7.8, 1.6) + 0.85 * bell(17.2, 1.9) + 0.35 * bell(12.5, 3));
    const into = (t - this.#hot.from) / (this.#hot.to - this.#hot.from);
    const isHot = into >= 0 && into < 1;
    const hot = isHot ? Math.min(1, 0.7 + into) : into >= 1 && into < 1.4 ? 0.3 * (1.4 - into) : 0;
    const startedAt = t >= this.#cut.to ? this.#cut.to : this.#cut.from - 5 * 24 * HOUR;
    return { load, hot, held: isHot ? 0.9 : 0, uptimeS: (t - startedAt) / 1000 + 60 };
  }
}
