/** Parts of a broker's address that `mqtt sub` assumes where they are not said. */
const ASSUMED = { protocol: 'mqtt', host: 'localhost' };
const PORTS: Readonly<Record<string, string>> = { mqtt: '1883', mqtts: '8883', ws: '80', wss: '443' };

/**
 * How to watch the messages from a second terminal.
 * @param broker its URL, credentials masked: who needs them adds `-u NAME -P PASSWORD`
 */
export function watchHint(broker: string): string {
  const { protocol: scheme, hostname, port: given } = new URL(broker);
  const protocol = scheme.slice(0, -1);
  const host = hostname === '127.0.0.1' ? ASSUMED.host : hostname.replace(/^\[(.*)\]$/, '$1');
  const port = given || PORTS[protocol]!;
  const options = [
    ...(protocol === ASSUMED.protocol ? [] : [`-l ${protocol}`]),
    ...(host === ASSUMED.host ? [] : [`-h ${host}`]),
    `-p ${port}`,
  ];
  return `to watch it over MQTT, in another terminal: npx mqtt sub ${options.join(' ')} -t 'edge/v1/#' -v`;
}
