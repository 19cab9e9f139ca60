import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { Aedes } from 'aedes';
import type { Site } from './site.js';

/** Listens on a free loopback port until the site ends. */
async function listening(server: Server, site: Site): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  site.onEnd(() => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Takes connections and says nothing. */
export const silentServer = (site: Site): Promise<number> =>
  listening(
    createServer((socket) => {
      socket.on('error', () => undefined);
      site.onEnd(() => {
        socket.destroy();
      });
    }),
    site,
  );

/** Answers every request alike. */
export const webServer = (
  site: Site,
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = '',
): Promise<number> =>
  listening(
    createHttpServer((_request, response) => response.writeHead(status, headers).end(body)),
    site,
  );

/** A broker that knows one user only, or lets nobody write. */
export async function strictBroker(site: Site, refuses: 'everybody' | 'publishing' | 'subscribing'): Promise<number> {
  const aedes = await Aedes.createBroker();
  if (refuses === 'everybody') {
    aedes.authenticate = (_client, _user, _password, done) =>
      done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }), false);
  }
  if (refuses === 'publishing') {
    aedes.authorizePublish = (_client, _packet, done) => done(new Error('not allowed'));
  }
  if (refuses === 'subscribing') aedes.authorizeSubscribe = (_client, _subscription, done) => done(null, null);
  site.onEnd(() => new Promise<void>((resolve) => aedes.close(resolve)));
  return listening(createServer(aedes.handle), site);
}
