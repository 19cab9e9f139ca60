import type { NodeMetric } from './node-metrics.js';
import { type DataType, encodePayload, type PayloadMetric } from './payload.js';

/** A message to be published; all of a session are QoS 0 and not retained, but for the last will's QoS 1. */
export interface SparkplugMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
}

/** One point of the past, of a metric of this session. `t`: Unix ms. */
export interface HistoricalPoint {
  readonly device: string | null;
  readonly name: string;
  readonly t: number;
  readonly value: number;
}

/** Sparkplug's own, in every NBIRTH: whoever writes true to it gets the births again. It has no alias. */
export const REBIRTH = 'Node Control/Rebirth';
const BD_SEQ = 'bdSeq';
/** Points in one message of historical data. */
const POINTS_PER_MESSAGE = 200;

interface Born {
  readonly device: string | null;
  readonly name: string;
  readonly type: DataType;
  readonly alias: number;
  told: NodeMetric['value'];
}

/**
 * The messages of one session of a Sparkplug B edge node, whose devices are the cameras: numbers, aliases, births, data by
 * exception. Pure: whoever has a connection publishes what it gives, in that order. Source: Sparkplug 3.0, chapters 4 to 6.
 */
export class SparkplugSession {
  readonly #prefix: string;
  readonly #node: string;
  readonly #bdSeq: number;
  readonly #born = new Map<string, Born>();
  readonly #types = new Map<number, DataType>();
  /** Devices with a birth and no death since. */
  readonly #alive = new Set<string>();
  #seq = 0;

  /** @param bdSeq 0..255, of the connection whose last will is `death()` */
  constructor(group: string, node: string, bdSeq: number) {
    this.#prefix = `spBv1.0/${group}`;
    this.#node = node;
    this.#bdSeq = bdSeq;
  }

  /** NDEATH: the last will, and the farewell before a disconnect on purpose. */
  death(now: number): SparkplugMessage {
    const metrics = [{ name: BD_SEQ, timestamp: now, dataType: 'Int64' as const, value: this.#bdSeq }];
    return { topic: this.#topic('NDEATH'), payload: encodePayload({ timestamp: now, metrics }, () => 'Int64') };
  }

  /**
   * NBIRTH and a DBIRTH for each device that lives: also to be sent again for a rebirth, with new aliases and numbers from 0.
   *
   * @param metrics every one that there will be
   */
  births(metrics: readonly NodeMetric[], living: ReadonlySet<string>, now: number): SparkplugMessage[] {
    this.#born.clear();
    this.#types.clear();
    this.#alive.clear();
    this.#seq = 0;
    for (const metric of metrics) {
      const { device, name, type, value } = metric;
      const alias = this.#born.size + 1;
      this.#born.set(keyOf(metric), { device, name, type, alias, told: value });
      this.#types.set(alias, type);
    }
    const own = [
      { name: BD_SEQ, timestamp: now, dataType: 'Int64' as const, value: this.#bdSeq },
      { name: REBIRTH, timestamp: now, dataType: 'Boolean' as const, value: false },
    ];
    const messages = [this.#message('NBIRTH', null, [...own, ...this.#introduced(null, now)], now)];
    for (const device of living) messages.push(this.deviceBirth(device, metrics, now));
    return messages;
  }

  /** Whether each metric was in the list of `births`: births are due where not. */
  knows(metrics: readonly NodeMetric[]): boolean {
    return metrics.every((metric) => this.#born.has(keyOf(metric)));
  }

  /** DBIRTH of a device that came, or came back. @param metrics as they are now; `births` listed them */
  deviceBirth(device: string, metrics: readonly NodeMetric[], now: number): SparkplugMessage {
    this.#alive.add(device);
    for (const born of this.#born.values()) if (born.device === device) born.told = null;
    for (const metric of metrics) if (metric.device === device) this.#born.get(keyOf(metric))!.told = metric.value;
    return this.#message('DBIRTH', device, this.#introduced(device, now), now);
  }

  /** DDEATH; none where the device has no birth. */
  deviceDeath(device: string, now: number): SparkplugMessage[] {
    return this.#alive.delete(device) ? [this.#message('DDEATH', device, [], now)] : [];
  }

  isAlive(device: string): boolean {
    return this.#alive.has(device);
  }

  /** NDATA and DDATA with what changed since it was told; a metric that is gone has no value. @param metrics such as `knows` */
  data(metrics: readonly NodeMetric[], now: number): SparkplugMessage[] {
    const values = new Map(metrics.map((metric) => [keyOf(metric), metric.value]));
    const changed = new Map<string | null, PayloadMetric[]>();
    for (const [key, born] of this.#born) {
      const { device } = born;
      const value = values.get(key) ?? null;
      if (value === born.told || (device !== null && !this.#alive.has(device))) continue;
      born.told = value;
      const list = changed.get(device) ?? [];
      list.push({ alias: born.alias, timestamp: now, value });
      changed.set(device, list);
    }
    return [...changed].map(([device, list]) => this.#message(device === null ? 'NDATA' : 'DDATA', device, list, now));
  }

  /** NDATA and DDATA of the past, in the order of time; points of metrics without a birth, and of dead devices, are left out. */
  history(points: readonly HistoricalPoint[], now: number): SparkplugMessage[] {
    const perDevice = new Map<string | null, PayloadMetric[]>();
    for (const point of [...points].sort((a, b) => a.t - b.t)) {
      const born = this.#born.get(keyOf(point));
      const { device, t, value } = point;
      if (born === undefined || (device !== null && !this.#alive.has(device))) continue;
      const list = perDevice.get(device) ?? [];
      list.push({ alias: born.alias, timestamp: t, isHistorical: true, value });
      perDevice.set(device, list);
    }
    return [...perDevice].flatMap(([device, list]) =>
      chunks(list, POINTS_PER_MESSAGE).map((part) =>
        this.#message(device === null ? 'NDATA' : 'DDATA', device, part, now),
      ),
    );
  }

  #introduced(device: string | null, now: number): PayloadMetric[] {
    const introduced: PayloadMetric[] = [];
    for (const born of this.#born.values()) {
      if (born.device !== device) continue;
      const { name, alias, type, told } = born;
      introduced.push({ name, alias, timestamp: now, dataType: type, value: told });
    }
    return introduced;
  }

  #message(
    type: 'NBIRTH' | 'DBIRTH' | 'NDATA' | 'DDATA' | 'DDEATH',
    device: string | null,
    metrics: readonly PayloadMetric[],
    now: number,
  ): SparkplugMessage {
    const seq = this.#seq;
    this.#seq = (this.#seq + 1) % 256;
    const payload = encodePayload({ timestamp: now, seq, metrics }, ({ alias }) => this.#types.get(alias!) ?? 'String');
    return { topic: this.#topic(type, device), payload };
  }

  #topic(type: string, device: string | null = null): string {
    return [this.#prefix, type, this.#node, ...(device === null ? [] : [device])].join('/');
  }
}

/** Neither a camera's id nor a metric's name has a line break in it. */
const keyOf = ({ device, name }: { device: string | null; name: string }): string => `${device ?? ''}\n${name}`;

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
}
