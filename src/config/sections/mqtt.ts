import { z } from '../../foundation/validate.js';
import { inputFile, int, text } from '../key-types.js';

/** `mqtt`: the connection to the broker. */
export const mqtt = z.strictObject({
  broker: z
    .string()
    .regex(
      /^(off|embedded|(mqtts?|wss?):\/\/[^\s]+)$/,
      'expected off, embedded, or an address that begins with mqtt://, mqtts://, ws:// or wss://',
    )
    .meta({
      description:
        'off, embedded (a broker on loopback inside this process), or mqtt://, mqtts://, ws://, wss:// of a real one.',
    })
    .default('off'),
  embeddedPort: int(0, 65535, { description: 'Loopback port of the embedded broker; 0 takes a free one.' }).default(
    1883,
  ),
  protocol: z
    .enum(['auto', '5', '3.1.1'])
    .default('auto')
    .meta({ description: 'MQTT version; auto tries 5 and falls back to 3.1.1 when the broker refuses it.' }),
  clientId: text({ description: 'MQTT client id; unset: edge-<site>-<device>.' }).optional(),
  username: text({ description: 'User name at the broker.' }).optional(),
  passwordFile: inputFile({
    description: 'File with the password (or EDGE_MQTT_PASSWORD); read again for every connection.',
  }).optional(),
  password: text({
    description: 'Password, from EDGE_MQTT_PASSWORD or passwordFile only: refused in files and flags.',
    secret: true,
  }).optional(),
  caFile: inputFile({ description: "PEM of the authority that signed the broker's certificate." }).optional(),
  certFile: inputFile({ description: 'PEM client certificate.' }).optional(),
  keyFile: inputFile({ description: 'PEM client key.' }).optional(),
  keepaliveS: int(5, 3600, { unit: 's', description: 'MQTT keep-alive.' }).default(30),
  connectTimeoutMs: int(500, 120_000, { unit: 'ms', description: 'Time allowed for a connection attempt.' }).default(
    10_000,
  ),
  reconnectMinMs: int(50, 60_000, {
    unit: 'ms',
    description: 'First pause before reconnecting; doubles each time, with jitter.',
  }).default(1000),
  reconnectMaxMs: int(100, 3_600_000, { unit: 'ms', description: 'Longest pause before reconnecting.' }).default(
    60_000,
  ),
  queueMessages: int(1, 100_000, {
    unit: 'messages',
    description:
      'Messages kept in memory: of what is worth something only now (live metrics, what devices of a site tell each other), and of what must arrive while no disk takes it (outbox.disk). What there is no room for is dropped and counted.',
  }).default(1000),
});
