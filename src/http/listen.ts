import type { Server } from 'node:net';

/**
 * Opens a server's port.
 *
 * @param port 0 takes a free one
 * @returns the port
 */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      // a connection that cannot be taken (no file descriptors left) must not end the program
      server.on('error', () => undefined);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
