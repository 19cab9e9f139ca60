import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { ConfigError, explain } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import type { Part } from '../../foundation/part.js';
import { writeWhole } from '../../foundation/private-files.js';
import type { Scope } from '../../foundation/scope.js';
import { z } from '../../foundation/validate.js';
import type { Alerts } from '../../telemetry/alerts/alerts.js';
import type { DiscoveryOptions } from '../../telemetry/home-assistant/discovery.js';
import { type Introduced, type Introduction, introductionOf } from '../../telemetry/home-assistant/introduction.js';
import { VERSION } from '../version.js';
import type { DevicePublisher } from './device-publisher.js';

export interface DeviceHomeAssistantParts {
  readonly config: Pick<Config, 'cameras' | 'homeAssistant' | 'publish' | 'store'>;
  readonly scope: Scope;
  readonly publisher: Pick<
    DevicePublisher,
    'state' | 'retainForeign' | 'hearForeign' | 'tellAllMetrics' | 'tellQuietAlerts'
  >;
  readonly alerts: Pick<Alerts, 'codes'>;
  readonly log: Log;
  /** ms until a connection that holds has heard what was told; unset: half a minute. */
  readonly heardMs?: number;
}

/** What was told is taken as heard once a connection has held for so long. */
const HEARD_MS = 30_000;
/** All devices of a house hear at once that it is there: each answers within so long. */
const ANSWER_WITHIN_MS = 3000;

const introducedSchema = z.object({
  topic: z.string(),
  entities: z.record(z.string(), z.enum(['sensor', 'binary_sensor'])),
});

/** Introduces the device to Home Assistant where that is wanted, and takes it away again where it is not any more. */
export class DeviceHomeAssistant implements Part {
  readonly name = 'home assistant';
  readonly essential = false;
  readonly settings = [{ path: 'homeAssistant', requiresRestart: true }];
  readonly #parts: DeviceHomeAssistantParts;
  /** Remembers what was told, so that what is gone can be taken away after a restart. */
  readonly #file: string;
  #introduction: Introduction | null = null;
  #heard: NodeJS.Timeout | null = null;
  #answer: NodeJS.Timeout | null = null;
  #connections = 0;

  constructor(parts: DeviceHomeAssistantParts) {
    this.#parts = parts;
    this.#file = join(parts.config.store.dir, 'home-assistant.json');
  }

  /** @throws ConfigError where it is wanted and there is no broker */
  async start(): Promise<void> {
    const { config, publisher } = this.#parts;
    const { enabled, discoveryPrefix } = config.homeAssistant;
    if (publisher.state() === null) {
      if (!enabled) return;
      throw new ConfigError('Home Assistant cannot be told of this device', [
        'homeAssistant.enabled: expected false without a broker, got true; set mqtt.broker',
      ]);
    }
    await this.#tell(introductionOf(enabled ? this.#wanted() : null, this.#introduced()));
    if (!enabled) return;
    publisher.hearForeign(`${discoveryPrefix}/status`, (payload) => {
      if (payload === 'online') this.#answerSoon();
    });
  }

  stop(): void {
    for (const timer of [this.#heard, this.#answer]) if (timer) clearTimeout(timer);
    this.#heard = null;
    this.#answer = null;
  }

  #wanted(): DiscoveryOptions {
    const { config, scope, alerts } = this.#parts;
    return {
      scope,
      prefix: config.homeAssistant.discoveryPrefix,
      version: VERSION,
      cameras: config.cameras,
      alerts: config.homeAssistant.alerts ? alerts.codes : [],
      metricsFullIntervalMs: config.publish.metricsFullIntervalMs,
      trafficIntervalMin: config.publish.trafficIntervalMin,
    };
  }

  async #tell(introduction: Introduction): Promise<void> {
    const { publisher } = this.#parts;
    this.#introduction = introduction;
    await this.#remember(introduction.remembered);
    for (const { topic, payload } of introduction.messages) publisher.retainForeign(topic, payload);
    this.#goOnLater();
  }

  /** What follows is told once what was told has been heard: on a connection that holds. */
  #goOnLater(): void {
    const next = this.#introduction?.next ?? null;
    if (next === null) return;
    this.#heard = setTimeout(() => {
      const state = this.#parts.publisher.state();
      const holds = state?.phase === 'connected' && state.connections === this.#connections;
      this.#connections = state?.connections ?? 0;
      if (holds) void this.#tell(next);
      else this.#goOnLater();
    }, this.#parts.heardMs ?? HEARD_MS).unref();
  }

  /** Home Assistant has started: it knows no states but those that the broker keeps. */
  #answerSoon(): void {
    if (this.#answer) return;
    this.#answer = setTimeout(() => {
      this.#answer = null;
      const { publisher } = this.#parts;
      for (const { topic, payload } of this.#introduction?.messages ?? []) publisher.retainForeign(topic, payload);
      publisher.tellAllMetrics();
      publisher.tellQuietAlerts();
    }, Math.random() * ANSWER_WITHIN_MS).unref();
  }

  #introduced(): Introduced | null {
    try {
      const read = JSON.parse(readFileSync(this.#file, 'utf8')) as unknown;
      return introducedSchema.nullable().parse(read);
    } catch {
      return null;
    }
  }

  /** Where nothing was and nothing is told, no file is made. */
  async #remember(introduced: Introduced | null): Promise<void> {
    if (introduced === null && this.#introduced() === null) return;
    try {
      await writeWhole(this.#file, JSON.stringify(introduced), { durable: false });
    } catch (error) {
      this.#parts.log.warn(
        `Home Assistant: what was told is not remembered, so entities that go will stay there: ${explain(error)}`,
      );
    }
  }
}
