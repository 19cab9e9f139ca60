/** What a host is reached by on its own machine where it listens to everybody. */
const OWN_HOSTS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]', '::1': '[::1]' };

/** Where a server that listens there is reached from its own machine: `http://127.0.0.1:9464`. */
export const ownAddress = (host: string, port: number): string => `http://${OWN_HOSTS[host] ?? host}:${port}`;
