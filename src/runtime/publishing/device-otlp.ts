import { hostname } from 'node:os';
import type { Config } from '../../config/config.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Scope } from '../../foundation/scope.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import { OtlpExporter } from '../../telemetry/otlp/exporter.js';
import { VERSION } from '../version.js';

export interface DeviceOtlpParts {
  readonly config: Pick<Config, 'otlp'>;
  readonly scope: Scope;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** Posts the device's metrics to an OpenTelemetry collector, where one is configured. */
export class DeviceOtlp implements Part {
  readonly name = 'otlp';
  readonly essential = false;
  readonly metrics;
  readonly settings = [{ path: 'otlp', requiresRestart: true }];
  readonly #isWanted: boolean;
  readonly #exporter: OtlpExporter;

  constructor({ config, scope, metrics, log }: DeviceOtlpParts) {
    this.#isWanted = config.otlp.url !== 'off';
    this.#exporter = new OtlpExporter({
      config: config.otlp,
      rows: () => metrics.rows,
      resource: {
        'service.name': 'edge-inference-optimizer',
        'service.namespace': scope.site,
        'service.instance.id': scope.device,
        'service.version': VERSION,
        'host.name': hostname(),
      },
      version: VERSION,
      log,
    });
    this.metrics = this.#exporter.metrics;
  }

  async start(): Promise<void> {
    if (this.#isWanted) await this.#exporter.start();
  }

  async stop(): Promise<void> {
    await this.#exporter.stop();
  }
}
