import { type AgentOptions, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { MeterProvider, MetricProducer, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { OtlpConfig } from '../../config/config.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import { type Log, maskCredentials } from '../../foundation/log.js';
import type { MetricRow } from '../../foundation/metric-row.js';
import { metricData } from './metric-data.js';

/** The packages that are needed, with the versions that this program was tried with. */
const OTLP_PACKAGES = [
  '@opentelemetry/sdk-metrics@2.12.1',
  '@opentelemetry/exporter-metrics-otlp-http@0.223.0',
  '@opentelemetry/resources@2.12.1',
] as const;

/** One post at a time, over one connection. */
const AGENT: AgentOptions = { keepAlive: true, maxSockets: 1 };
/** ms that the SDK has to say itself that a post took too long. */
const SDK_FIRST_MS = 200;

export interface OtlpExporterOptions {
  readonly config: OtlpConfig;
  readonly rows: () => readonly MetricRow[];
  /** Resource attributes: what the numbers are of. */
  readonly resource: Readonly<Record<string, string>>;
  readonly version: string;
  readonly log: Log;
  /** Unix ms. */
  readonly now?: () => number;
}

/**
 * Posts all metrics to an OpenTelemetry collector, by the official SDK. A collector that is away costs nothing but its posts: a
 * post tells what is, so that nothing waits; failures are counted, and told once until it takes a post again.
 */
export class OtlpExporter {
  readonly metrics: readonly MetricRow[] = [
    {
      type: 'counter',
      name: 'otlp_posts',
      unit: '',
      labels: ['result'],
      step: 1,
      mqtt: false,
      help: 'Posts of metrics to the OpenTelemetry collector, by result: taken, failed.',
      read: () => [
        [['taken'], this.#wasStarted ? this.#taken : null],
        [['failed'], this.#wasStarted ? this.#failed : null],
      ],
    },
  ];
  readonly #options: OtlpExporterOptions;
  readonly #now: () => number;
  /** Its connections are ours to end: the SDK's own deadline starts anew with every byte that comes. */
  #agent: HttpAgent | null = null;
  #provider: MeterProvider | null = null;
  #wasStarted = false;
  #taken = 0;
  #failed = 0;
  #isFailing = false;

  constructor(options: OtlpExporterOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** @throws ConfigError where the packages are not installed, with the command that installs them */
  async start(): Promise<void> {
    const { config, resource } = this.#options;
    const { sdk, http, resources } = await loadPackages();
    this.#wasStarted = true;
    const { url, intervalMs, timeoutMs } = config;
    const agent = url.startsWith('https:') ? new HttpsAgent(AGENT) : new HttpAgent(AGENT);
    this.#agent = agent;
    const exporter = new http.OTLPMetricExporter({
      url,
      timeoutMillis: timeoutMs,
      headers: headersOf(config),
      httpAgentOptions: () => agent,
    });
    const reader = new sdk.PeriodicExportingMetricReader({
      exporter: this.#watched(exporter),
      exportIntervalMillis: intervalMs,
      exportTimeoutMillis: Math.min(timeoutMs, intervalMs),
      metricProducers: [this.#producer(resources.resourceFromAttributes({ ...resource }))],
    });
    this.#provider = new sdk.MeterProvider({
      resource: resources.resourceFromAttributes({ ...resource }),
      readers: [reader],
    });
  }

  /** Posts once more and ends; a collector that is away is not waited for longer than `otlp.timeoutMs`. */
  async stop(): Promise<void> {
    const provider = this.#provider;
    this.#provider = null;
    if (provider === null) return;
    const stopped = provider.shutdown().catch((error) => this.#options.log.debug(`OTLP: ${explain(error)}`));
    const enough = new AbortController();
    const { signal } = enough;
    await Promise.race([stopped, delay(this.#options.config.timeoutMs, undefined, { signal }).catch(() => undefined)]);
    enough.abort();
    this.#agent?.destroy();
  }

  #producer(resource: ReturnType<typeof import('@opentelemetry/resources').resourceFromAttributes>): MetricProducer {
    const startedAt = this.#now();
    const { rows, version } = this.#options;
    return {
      collect: async () => {
        const metrics = metricData(rows(), { startedAt, now: this.#now() });
        const scope = { name: 'edge-inference-optimizer', version };
        return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics }] }, errors: [] };
      },
    };
  }

  /** The SDK tells only its own diagnostics log of failures. */
  #watched(exporter: PushMetricExporter): PushMetricExporter {
    return {
      export: (metrics, done) => {
        // whatever comes of it: the next post tells the same and more
        const told = once((error: Error | null) => {
          if (error === null) this.#wasTaken();
          else this.#hasFailed(error);
          done({ code: 0 });
        });
        const { timeoutMs } = this.#options.config;
        const deadline = setTimeout(() => {
          told(new Error(`no whole answer within ${timeoutMs} ms`));
          this.#agent?.destroy();
        }, timeoutMs + SDK_FIRST_MS).unref();
        exporter.export(metrics, ({ code, error }) => {
          clearTimeout(deadline);
          told(code === 0 ? null : (error ?? new Error('no reason given')));
        });
      },
      forceFlush: () => exporter.forceFlush(),
      shutdown: () => exporter.shutdown(),
      selectAggregationTemporality: () => 1,
    };
  }

  #wasTaken(): void {
    this.#taken++;
    if (this.#isFailing) this.#options.log.info('OTLP: the collector takes metrics again');
    this.#isFailing = false;
  }

  #hasFailed(error: Error): void {
    this.#failed++;
    const { log, config } = this.#options;
    const level = this.#isFailing ? 'debug' : 'warn';
    const reason = maskCredentials(explain(error));
    log[level](
      `OTLP: ${maskCredentials(config.url)} takes no metrics: ${reason}; it is tried every ${config.intervalMs} ms`,
    );
    this.#isFailing = true;
  }
}

/** Only the first call counts. */
function once<T>(tell: (value: T) => void): (value: T) => void {
  let isTold = false;
  return (value) => {
    if (!isTold) tell(value);
    isTold = true;
  };
}

function headersOf({ token, tokenHeader }: OtlpConfig): Record<string, string> {
  if (token === undefined) return {};
  return { [tokenHeader]: tokenHeader.toLowerCase() === 'authorization' ? `Bearer ${token}` : token };
}

async function loadPackages() {
  try {
    const [sdk, http, resources] = await Promise.all([
      import('@opentelemetry/sdk-metrics'),
      import('@opentelemetry/exporter-metrics-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
    return { sdk, http, resources };
  } catch (cause) {
    throw new ConfigError('metrics cannot be exported', [
      `otlp.url: expected off where the packages of OpenTelemetry are not installed (${explain(cause)}); install them: npm install ${OTLP_PACKAGES.join(' ')}`,
    ]);
  }
}
