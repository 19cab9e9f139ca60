import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { writeWhole } from '../../foundation/private-files.js';
import type { Scope } from '../../foundation/scope.js';
import type { KeptSeries } from '../../store/series/joined-series.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import { brokerAddress } from '../../telemetry/mqtt/broker-address.js';
import { clientIdOf } from '../../telemetry/mqtt/client-id.js';
import { SparkplugEdgeNode } from '../../telemetry/sparkplug/edge-node.js';
import type { HistorySource } from '../../telemetry/sparkplug/forwarding.js';
import { sparkplugMetrics } from '../../telemetry/sparkplug/metrics.js';
import { nodeMetrics } from '../../telemetry/sparkplug/node-metrics.js';
import type { Cameras } from '../cameras/cameras.js';
import type { DeviceBroker } from './device-broker.js';

export interface DeviceSparkplugParts {
  readonly config: Pick<Config, 'sparkplug' | 'store'>;
  readonly scope: Scope;
  readonly broker: DeviceBroker;
  readonly metrics: Pick<Metrics, 'published'>;
  readonly alerts: Alerts;
  readonly cameras: Pick<Cameras, 'all'>;
  readonly history: KeptSeries;
  readonly log: Log;
}

/** How often it is noted until when hosts heard of this device. */
const NOTE_MS = 60_000;

/** Tells what the device measures as a Sparkplug B edge node too, where that is configured. */
export class DeviceSparkplug implements Part {
  readonly name = 'sparkplug';
  readonly essential = false;
  readonly metrics = sparkplugMetrics(() => this.#node);
  readonly settings = [{ path: 'sparkplug', requiresRestart: true }];
  readonly #parts: DeviceSparkplugParts;
  /** Holds the Unix ms of the last live values, so that a restart tells what was missed before it. */
  readonly #noteFile: string;
  #node: SparkplugEdgeNode | null = null;
  #noting: NodeJS.Timeout | null = null;

  constructor(parts: DeviceSparkplugParts) {
    this.#parts = parts;
    this.#noteFile = join(parts.config.store.dir, 'sparkplug.json');
  }

  /** @throws ConfigError where there is no broker to tell it to */
  start(): void {
    const { config, scope, broker, log } = this.#parts;
    if (!config.sparkplug.enabled) return;
    if (broker.url === null) {
      throw new ConfigError('Sparkplug cannot be used', [
        'sparkplug.enabled: expected false without a broker, got true; set mqtt.broker',
      ]);
    }
    const { mqtt } = broker;
    const { group = scope.site, node = scope.device } = config.sparkplug;
    this.#node = new SparkplugEdgeNode({
      config: config.sparkplug,
      mqtt,
      address: brokerAddress(mqtt, broker.url),
      group,
      node,
      clientId: `${clientIdOf(mqtt, scope)}-sparkplug`,
      metrics: () => this.#metrics(),
      living: () => this.#living(),
      history: this.#history,
      toldAt: this.#notedAt(),
      // there are two connections to one broker
      log: log.child({ connection: 'sparkplug' }),
    });
    this.#node.start();
    this.#noting = setInterval(() => void this.#note(), NOTE_MS).unref();
  }

  async stop(): Promise<void> {
    if (this.#noting) clearInterval(this.#noting);
    this.#noting = null;
    if (this.#node === null) return;
    await this.#note();
    await this.#node.stop();
  }

  #metrics() {
    const { metrics, alerts } = this.#parts;
    const active = new Set(alerts.active().map(({ code }) => code));
    return nodeMetrics(metrics.published(), alerts.codes, (code) => active.has(code));
  }

  #living(): ReadonlySet<string> {
    const { cameras } = this.#parts;
    return new Set(cameras.all.filter((camera) => camera.connection().state === 'streaming').map(({ id }) => id));
  }

  readonly #history: HistorySource = (series, { from, to, stepMs }) =>
    this.#parts.history
      .query({ metric: series, from, to, stepMs })
      .flatMap(({ points }) => points.map(({ t, mean }) => ({ t, value: mean })));

  /** null where nothing was noted, or it cannot be read: then the past is not told. */
  #notedAt(): number | null {
    try {
      const { toldAt } = JSON.parse(readFileSync(this.#noteFile, 'utf8')) as { toldAt?: unknown };
      return typeof toldAt === 'number' && toldAt <= Date.now() ? toldAt : null;
    } catch {
      return null;
    }
  }

  async #note(): Promise<void> {
    const toldAt = this.#node?.toldAt ?? null;
    if (toldAt === null) return;
    try {
      await writeWhole(this.#noteFile, JSON.stringify({ toldAt }), { durable: false });
    } catch (error) {
      this.#parts.log.debug(`Sparkplug: until when hosts heard of this device is not kept: ${explain(error)}`);
    }
  }
}
