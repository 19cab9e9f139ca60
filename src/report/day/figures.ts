import { mean, sum, total } from '../../foundation/statistics.js';
import type { TrafficInterval } from '../../store/traffic-counts.js';
import type { FIGURES } from '../../telemetry/mqtt/messages/daily-report.js';
import {
  grownBy,
  grownByLabel,
  highestOf,
  type MeasuredSeries,
  meanOf,
  p95Of,
  pointsIn,
  seriesIn,
} from '../history/measured.js';
import type { LocalDay } from './local-day.js';
import { trafficOfDay } from './traffic-of-day.js';

export type Figure = (typeof FIGURES)[number];

/** What is kept of one day. */
export interface KeptDay {
  readonly day: LocalDay;
  /** Hour by hour, perhaps of more than the day. */
  readonly hourly: MeasuredSeries;
  readonly traffic: readonly TrafficInterval[];
  /** By camera the line or zone that is looked at. */
  readonly places: ReadonlyMap<string, string>;
  readonly cameras: readonly string[];
  /** By camera the first reading of `fps_captured` that there ever was, Unix ms: before, it was not there. */
  readonly firstSeen: ReadonlyMap<string, number>;
  readonly tenant: string | null;
}

/** What the figures of days are made of. */
export const FIGURE_METRICS = [
  'fps_captured',
  'estimated_f1',
  'stage_latency',
  'frames_answered',
  'energy',
  'mqtt_wire_bytes',
  'tenant_mqtt_wire_bytes',
  'machine_temperature',
] as const;

/** Figures that each camera has. */
export const CAMERA_FIGURES: readonly Figure[] = ['vehicles', 'availability', 'f1', 'latencyP95', 'withoutInference'];
/** One figure of a day; null where nothing is kept of it. @param camera null: of all cameras, or of the device */
export function figureOf(figure: Figure, kept: KeptDay, camera: string | null): number | null {
  const { day, hourly } = kept;
  switch (figure) {
    case 'vehicles':
      return vehiclesOf(kept, camera);
    case 'availability':
      return meanOver(kept, camera, (one) => servedShare(kept, one));
    case 'f1':
      return meanOver(kept, camera, (one) => meanOf(pointsIn(hourly, 'estimated_f1', { camera: one }, day)));
    case 'latencyP95':
      return p95Of(pointsIn(hourly, 'stage_latency', { stage: 'total', ...(camera !== null && { camera }) }, day));
    case 'withoutInference':
      return shareWithoutInference(
        grownByLabel(seriesIn(hourly, 'frames_answered', camera === null ? {} : { camera }, day), 'origin'),
      );
    case 'energyWh':
      return grownBy(pointsIn(hourly, 'energy', {}, day));
    case 'bytes':
      return wireBytes(kept);
    case 'temperature':
      return highestOf(pointsIn(hourly, 'machine_temperature', {}, day));
  }
}

/** Share of the answers that took no inference; null where there were none. @param answers frames by origin */
export function shareWithoutInference(answers: Readonly<Record<string, number>> | null): number | null {
  if (answers === null) return null;
  const all = sum(Object.values(answers));
  return all === 0 ? null : 1 - (answers['inferred'] ?? 0) / all;
}

/** Bytes to and from the broker: of the device, or of the tenant. */
export function wireBytes({ hourly, day, tenant }: Pick<KeptDay, 'hourly' | 'day' | 'tenant'>): number | null {
  if (tenant === null) return grownBy(pointsIn(hourly, 'mqtt_wire_bytes', {}, day));
  return grownBy(pointsIn(hourly, 'tenant_mqtt_wire_bytes', { tenant }, day));
}

function vehiclesOf({ traffic, cameras, places, day }: KeptDay, camera: string | null): number | null {
  return total(
    (camera === null ? cameras : [camera]).flatMap(
      (one) => trafficOfDay(traffic, one, day, places.get(one))?.vehicles ?? [],
    ),
  );
}

/** By whole hours, since the camera is there: what it is good for is the comparison of days. */
function servedShare({ hourly, day, firstSeen }: KeptDay, camera: string): number | null {
  const [series] = seriesIn(hourly, 'fps_captured', { camera }, day);
  if (series === undefined || series.points.length === 0) return null;
  const seconds = series.points.reduce((sum, { max, count }) => sum + (max > 0 ? count : 0), 0);
  const from = Math.max(day.from, firstSeen.get(camera) ?? day.from);
  return from >= day.to ? null : Math.min(1, (seconds * 1000) / (day.to - from));
}

function meanOver({ cameras }: KeptDay, camera: string | null, of: (camera: string) => number | null): number | null {
  return mean((camera === null ? cameras : [camera]).flatMap((one) => of(one) ?? []));
}
