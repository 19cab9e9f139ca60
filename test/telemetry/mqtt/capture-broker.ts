import { connect, type MqttClient } from 'mqtt';
import type { MqttConfig } from '../../../src/config/config.js';
import { configSchema } from '../../../src/config/config.js';
import { scopeOf } from '../../../src/foundation/scope.js';
import { z } from '../../../src/foundation/validate.js';
import { Commands, type CommandsOptions } from '../../../src/telemetry/commands/commands.js';
import { brokerAddress } from '../../../src/telemetry/mqtt/broker-address.js';
import type { EventPayload } from '../../../src/telemetry/mqtt/messages/event.js';
import type { BirthInfo } from '../../../src/telemetry/mqtt/messages/status.js';
import { Publisher, type PublisherOptions } from '../../../src/telemetry/mqtt/publisher.js';

export interface Captured {
  readonly topic: string;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever a message holds is what the tests look at
  readonly json: any;
  readonly qos: number;
  readonly retain: boolean;
}

export const BIRTH: BirthInfo = {
  version: '0.1.0',
  model: 'roadside-n',
  variant: 'fp32',
  provider: 'cpu',
  metrics: [{ name: 'fps_inferred.north', unit: 'frames/s' }],
};

export const EVENT = {
  kind: 'appeared',
  frame: 7,
  capturedAt: 1_700_000_000_000,
  origin: 'inferred',
  ageMs: 0,
  confidence: 1,
  latencyMs: 31.5,
  counts: { car: 1 },
  vehicle: { trackId: 4, class: 'car', score: 0.9, box: [1, 2, 30.5, 40] },
} as const satisfies EventPayload;

export const STATUS = 'edge/v1/site1/dev1/status';

export function mqttConfig(broker: string, overrides: Partial<MqttConfig> = {}): MqttConfig {
  const defaults = configSchema.parse({ mqtt: { broker, reconnectMinMs: 50, reconnectMaxMs: 200 } }).mqtt;
  return { ...defaults, ...overrides };
}

/** Commands that know `ping`. */
export function pingable(options: Partial<CommandsOptions> = {}): Commands {
  const commands = new Commands({ scope: scopeOf({ site: 'site1', device: 'dev1' }), ...options });
  commands.declare({
    name: 'ping',
    access: 'open',
    help: 'pong',
    payload: z.object({}),
    handle: () => ({ version: '0.1.0' }),
  });
  return commands;
}

export function publisherAt(
  broker: string,
  overrides: Partial<MqttConfig> = {},
  options: Partial<PublisherOptions> = {},
): Publisher {
  const mqtt = mqttConfig(broker, overrides);
  const scope = scopeOf({ site: 'site1', device: 'dev1' });
  const publish = { metricsFullEvery: 3, dailyBytes: 0 };
  const address = brokerAddress(mqtt);
  const commands = pingable({ scope: options.scope ?? scope });
  return new Publisher({ scope, address, mqtt, publish, birth: BIRTH, commands, ...options });
}

/** A subscriber to everything of the broker. */
export async function listener(
  url: string,
  options: object = {},
): Promise<{ messages: Captured[]; of(topic: string): Captured[]; client: MqttClient; end(): Promise<void> }> {
  const messages: Captured[] = [];
  const client = connect(url, { reconnectPeriod: 0, ...options });
  client.on('message', (topic, payload, { qos, retain }) => {
    const text = payload.toString();
    messages.push({ topic, text, json: parsed(text), qos, retain });
  });
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
  });
  await client.subscribeAsync('edge/v1/#', { qos: 1 });
  const of = (topic: string): Captured[] => messages.filter((message) => message.topic === topic);
  return { messages, of, client, end: () => client.endAsync(true) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
