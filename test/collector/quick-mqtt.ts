import type { MqttConfig } from '../../src/config/config.js';

/** How a collector of its own process reaches its broker: back at once after an outage. */
export const quickMqtt = (broker: string): MqttConfig =>
  ({
    broker,
    protocol: 'auto',
    keepaliveS: 30,
    connectTimeoutMs: 10_000,
    reconnectMinMs: 50,
    reconnectMaxMs: 200,
  }) as MqttConfig;
