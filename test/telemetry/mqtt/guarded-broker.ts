import { createServer, type Socket } from 'node:net';
import { Aedes, type AedesPublishPacket, type Client } from 'aedes';

/** A broker where each user has a password and one prefix of topics, as an access rule `edge/v1/harbour/#` gives it. */
export interface GuardedBroker {
  readonly url: string;
  /** Topics, with the user, of every message that was taken. */
  readonly taken: { readonly user: string; readonly topic: string; readonly payload: string }[];
  /** What was published or subscribed to against the rules. */
  readonly refused: string[];
  /** Cuts every connection of a user, as a dead line does. */
  cut(user: string): void;
  stop(): Promise<void>;
}

/** @param users password and prefix by name; the prefix `''` may do everything @param port default a free one */
export async function guardedBroker(
  users: Readonly<Record<string, { readonly password: string; readonly prefix: string }>>,
  port = 0,
): Promise<GuardedBroker> {
  const aedes = await Aedes.createBroker();
  const names = new Map<Client, string>();
  const sockets = new Map<Socket, Client>();
  const taken: { user: string; topic: string; payload: string }[] = [];
  const refused: string[] = [];
  const may = (client: Client | null, topic: string): boolean =>
    topic.startsWith(users[names.get(client!) ?? '']?.prefix ?? 'nothing');
  aedes.authenticate = (client, username, password, done) => {
    const user = users[username ?? ''];
    const isKnown = user !== undefined && user.password === password?.toString();
    if (isKnown) names.set(client, username!);
    done(null, isKnown);
  };
  aedes.authorizePublish = (client, packet, done) => {
    const { topic, payload } = packet as AedesPublishPacket;
    const user = names.get(client!) ?? '';
    if (may(client, topic)) taken.push({ user, topic, payload: payload.toString() });
    else refused.push(`${user} publishes ${topic}`);
    done(may(client, topic) ? null : new Error('not allowed'));
  };
  aedes.authorizeSubscribe = (client, subscription, done) => {
    if (!may(client, subscription.topic)) refused.push(`${names.get(client)} subscribes to ${subscription.topic}`);
    done(null, may(client, subscription.topic) ? subscription : null);
  };
  const server = createServer((socket) => {
    sockets.set(socket, aedes.handle(socket) as unknown as Client);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: taking } = server.address() as { port: number };
  return {
    url: `mqtt://127.0.0.1:${taking}`,
    taken,
    refused,
    cut(user) {
      for (const [socket, client] of sockets) if (names.get(client) === user) socket.destroy();
    },
    async stop() {
      for (const socket of sockets.keys()) socket.destroy();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
