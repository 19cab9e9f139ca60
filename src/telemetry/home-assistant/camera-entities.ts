import type { Topics } from '../mqtt/topics.js';
import { type Entities, metricTemplate, quoted, type SensorEntity } from './entity.js';

/** A camera as far as entities are made for it. */
export interface DiscoveredCamera {
  readonly id: string;
  readonly lines: readonly { readonly id: string; readonly left: string; readonly right: string }[];
  readonly zones: readonly { readonly id: string }[];
}

export interface EntityOptions {
  readonly topics: Topics;
  /** `<site>/<device>`: what unique ids begin with. */
  readonly id: string;
  /** s after which the state of a metric is not known any more. */
  readonly metricsExpireS: number;
  /** s after which counts are not known any more. */
  readonly trafficExpireS: number;
}

/** What Home Assistant learns of a camera: what passes it, and how well it is seen. */
export function cameraEntities(camera: DiscoveredCamera, options: EntityOptions): Entities {
  const { id } = camera;
  const { topics, metricsExpireS } = options;
  const metric = (name: string, title: string, more: Partial<SensorEntity>): SensorEntity => ({
    p: 'sensor',
    name: `${id} ${title}`,
    uniq_id: `${options.id}/${id}/${name}`,
    stat_t: `${topics.metrics}/#`,
    val_tpl: metricTemplate(`${name}.${id}`),
    exp_aft: metricsExpireS,
    stat_cla: 'measurement',
    ...more,
  });
  return {
    [`${id}/vehicles`]: metric('vehicles', 'vehicles now', { unit_of_meas: 'vehicles', ic: 'mdi:car-multiple' }),
    ...countEntities(camera, options),
    [`${id}/fps_captured`]: metric('fps_captured', 'frame rate', {
      unit_of_meas: 'frames/s',
      ic: 'mdi:cctv',
      ent_cat: 'diagnostic',
      sug_dsp_prc: 1,
    }),
    [`${id}/latency_p95`]: metric('latency_p95', 'latency', {
      unit_of_meas: 'ms',
      dev_cla: 'duration',
      ent_cat: 'diagnostic',
      sug_dsp_prc: 0,
    }),
    [`${id}/connection_quality`]: {
      p: 'binary_sensor',
      name: `${id} connection`,
      uniq_id: `${options.id}/${id}/connection_quality`,
      stat_t: `${topics.metrics}/#`,
      val_tpl: metricTemplate(`connection_quality.${id}`, "('OFF' if v == 'unusable' else 'ON')"),
      exp_aft: metricsExpireS,
      dev_cla: 'connectivity',
      ent_cat: 'diagnostic',
    },
  };
}

/** Crossings of each line in each direction and of all together, and vehicles in each zone. */
function countEntities({ id, lines, zones }: DiscoveredCamera, options: EntityOptions): Entities {
  const { topics, metricsExpireS, trafficExpireS } = options;
  const entities: Record<string, SensorEntity> = {};
  const count = (key: string, title: string, val_tpl: string): void => {
    entities[`${id}/${key}`] = {
      p: 'sensor',
      name: `${id} ${title}`,
      uniq_id: `${options.id}/${id}/${key}`,
      stat_t: topics.traffic(id),
      val_tpl,
      exp_aft: trafficExpireS,
      unit_of_meas: 'vehicles',
      stat_cla: 'total_increasing',
      ic: 'mdi:counter',
    };
  };
  if (lines.length > 0) count('crossings', 'crossings', ALL_CROSSINGS);
  for (const line of lines) {
    for (const direction of [line.left, line.right]) {
      count(`crossings/${line.id}/${direction}`, `${line.id} ${direction}`, crossingsOf(line.id, direction));
    }
  }
  for (const zone of zones) {
    entities[`${id}/zone_vehicles/${zone.id}`] = {
      p: 'sensor',
      name: `${id} vehicles in ${zone.id}`,
      uniq_id: `${options.id}/${id}/zone_vehicles/${zone.id}`,
      stat_t: `${topics.metrics}/#`,
      val_tpl: metricTemplate(`zone_vehicles.${id}.${zone.id}`),
      exp_aft: metricsExpireS,
      unit_of_meas: 'vehicles',
      stat_cla: 'measurement',
      ic: 'mdi:car-select',
    };
  }
  return entities;
}

const ALL_CROSSINGS =
  '{% set all = namespace(n=0) %}{% for line in (value_json.totals.lines | default({})).values() %}{% set all.n = all.n + line.crossed.values() | sum %}{% endfor %}{{ all.n }}';

/** The total of one direction; a line that was never crossed in it has none yet. */
function crossingsOf(line: string, direction: string): string {
  return `{% set line = (value_json.totals.lines | default({}))[${quoted(line)}] | default({'crossed': {}}) %}{{ line.crossed[${quoted(direction)}] | default(0) }}`;
}
