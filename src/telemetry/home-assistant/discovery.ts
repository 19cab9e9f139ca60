import type { Scope } from '../../foundation/scope.js';
import { topicsOf } from '../mqtt/topics.js';
import { cameraEntities, type DiscoveredCamera, type EntityOptions } from './camera-entities.js';
import { alertEntity, deviceEntities } from './device-entities.js';
import type { Entities, Entity } from './entity.js';

export interface DiscoveryOptions {
  readonly scope: Pick<Scope, 'site' | 'device'>;
  readonly prefix: string;
  readonly version: string;
  readonly cameras: readonly DiscoveredCamera[];
  /** Codes of the alerts that have a binary sensor. */
  readonly alerts: readonly string[];
  /** ms between two times that all metrics are told. */
  readonly metricsFullIntervalMs: number;
  /** min between two times that counts are told. */
  readonly trafficIntervalMin: number;
}

/** A discovery message. */
export interface Discovery {
  readonly topic: string;
  readonly entities: Entities;
  /** JSON object as Home Assistant takes it. */
  readonly payload: string;
}

/** An entity that is taken away: its platform alone. */
type Removed = Pick<Entity, 'p'>;

/** Something that comes regularly may be missed once, and be late by a minute. */
const expiryS = (intervalMs: number): number => Math.ceil((2 * intervalMs + 60_000) / 1000);

/**
 * Introduces a device with all its entities in one message, as Home Assistant knows it since 2024.12.
 *
 * @param removed entities that an earlier message had, by platform: they are taken away
 */
export function discoveryOf(options: DiscoveryOptions, removed: Readonly<Record<string, Entity['p']>> = {}): Discovery {
  const { scope, prefix, version, cameras, alerts } = options;
  const { site, device } = scope;
  const topics = topicsOf(scope);
  const id = `${site}/${device}`;
  const made: EntityOptions = {
    topics,
    id,
    metricsExpireS: expiryS(options.metricsFullIntervalMs),
    trafficExpireS: expiryS(options.trafficIntervalMin * 60_000),
  };
  const entities: Record<string, Entity> = { ...deviceEntities(made) };
  for (const camera of cameras) Object.assign(entities, cameraEntities(camera, made));
  for (const code of alerts) entities[`alert/${code}`] = alertEntity(code, made);
  const components: Record<string, Entity | Removed> = { ...entities };
  for (const [key, p] of Object.entries(removed)) components[key] ??= { p };
  const payload = {
    dev: {
      ids: [`edge-inference-optimizer/${id}`],
      name: device,
      mf: 'edge-inference-optimizer',
      mdl: 'Roadside camera device',
      sw: version,
      sa: site,
    },
    o: { name: 'edge-inference-optimizer', sw: version },
    avty: [{ t: topics.status, val_tpl: "{{ 'online' if value_json.online else 'offline' }}" }],
    qos: 1,
    cmps: components,
  };
  // site and device are two levels, so that access rules of a broker can name both
  return { topic: `${prefix}/device/${site}/${device}/config`, entities, payload: JSON.stringify(payload) };
}
