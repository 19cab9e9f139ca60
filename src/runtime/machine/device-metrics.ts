import { type Log, setLogLevel } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import type { Metrics } from '../../telemetry/metrics/metrics.js';
import type { ProcessMetrics } from '../../telemetry/metrics/process-metrics.js';

/** Looks once a second at what is measured over time, the program's own processes among it. */
export class DeviceMetrics implements Part {
  readonly name = 'metrics';
  readonly essential = true;
  readonly metrics;
  readonly routes;
  readonly settings = [
    { path: 'output', requiresRestart: true },
    {
      path: 'output.logLevel',
      requiresRestart: false,
      apply: (level: unknown) => setLogLevel(this.#log, level as string),
    },
    { path: 'watchdog', requiresRestart: true },
    // read at each start of `edge-optimizer update`, which is no part of the program that runs
    { path: 'update', requiresRestart: true },
    { path: 'board', requiresRestart: true },
  ];
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #processes: ProcessMetrics;

  constructor(metrics: Metrics, processes: ProcessMetrics, log: Log) {
    this.metrics = processes.rows;
    this.routes = [metrics.route];
    this.#metrics = metrics;
    this.#log = log;
    this.#processes = processes;
    metrics.follow(processes);
  }

  start(): void {
    this.#processes.start();
    this.#metrics.start();
  }

  stop(): void {
    this.#metrics.stop();
    this.#processes.stop();
  }
}
