import { createServer } from 'node:net';
import type { Check } from '../../check.js';
import { type Finding, found } from '../../finding.js';

/** Whether the program can have the port of its HTTP server. While it runs it has it, or says that it does not. */
export const portsCheck = (): Check => ({
  ground: 'service',
  name: 'ports',
  deadlineMs: 2000,
  async run({ running, config: { http } }, signal) {
    if (running !== null || !http.enabled || http.port === 0) return [];
    const { host, port } = http;
    return [portFinding(await listenOnce(host, port, signal), host, port)];
  },
});

function portFinding(code: string | null, host: string, port: number): Finding {
  const values = { host, port };
  if (code === null) return found('fine', 'port-free', values);
  if (code === 'EADDRINUSE') return found('degraded', 'port-taken', values);
  if (code === 'EACCES') return found('degraded', 'port-refused', values);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return found('degraded', 'port-no-address', values);
  return found('unknown', 'port-unknown', { ...values, code });
}

/** Listens for a moment. @returns why that is not possible; null where it is */
function listenOnce(host: string, port: number, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
    server.listen({ host, port, exclusive: true, signal }, () => server.close(() => resolve(null)));
  });
}
