import { EdgeError, explain } from '../../foundation/errors.js';
import type { RedisScript } from './redis-scripts.js';

/** The package that is needed, with the version that this program was tried with. */
const CLIENT: string = '@redis/client';
const TRIED = '6.3.1';

/** Where a server is, and as whom it is spoken to. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
  /** Path of a Unix socket instead of host and port; null: none. */
  readonly path: string | null;
  readonly username: string | null;
  readonly database: number;
  readonly tls: RedisTls | null;
}

/** PEM texts; what is left out is as Node's TLS has it: the system's authorities, the host's name. */
export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** What hears of a connection. */
export interface RedisListener {
  news(message: string): void;
  /** The connection ended, not by `close`. */
  lost(error: unknown): void;
}

/** One connection: commands and news come over it in the order in which the server did them. */
export interface RedisConnection {
  /** Texts come as Buffers. @throws what the server says, or that the connection ended */
  run(script: RedisScript, keys: readonly string[], args: readonly (string | Uint8Array)[]): Promise<unknown>;
  command(...args: string[]): Promise<unknown>;
  /** Ends it at once; what is under way rejects. */
  close(): void;
}

/** What is used of the package. Its own types are 10 MB of generics, which whoever compiles against this program's would need too. */
interface Client {
  on(event: string, listener: (error: Error) => void): void;
  connect(): Promise<unknown>;
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  sendCommand(args: readonly (string | Buffer)[], options: object): Promise<unknown>;
  destroy(): void;
}

interface ClientPackage {
  createClient(options: object): Client;
  readonly RESP_TYPES: { readonly BLOB_STRING: number; readonly SIMPLE_STRING: number };
}

/**
 * Connects, logs in and listens to the channel. Nothing is queued while there is no connection, and nothing reconnects: whoever has
 * the connection makes another when it is lost.
 *
 * @param timeout ms for all of it
 * @throws EdgeError E_CONFIG where the package is not installed; otherwise what the server or the system says
 */
export async function connectRedis(
  address: RedisAddress,
  password: string | null,
  channel: string,
  timeout: number,
  listener: RedisListener,
): Promise<RedisConnection> {
  const { createClient, RESP_TYPES } = await loadClient();
  const options = {
    typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer },
    // none of the client's own: whoever asks has one, and an AbortSignal for each command costs more than the command
    timeout: 0,
  };
  const { host, port, path, username, database, tls } = address;
  const client = createClient({
    // the connection's news and answers come in one order only with this protocol
    RESP: 3,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    database,
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
    socket: {
      ...(path === null ? { host, port } : { path }),
      ...(tls !== null && { tls: true, ...tls }),
      connectTimeout: timeout,
      reconnectStrategy: false,
    },
  });
  let isOurs = true;
  const end = () => {
    isOurs = false;
    try {
      client.destroy();
    } catch {
      // it ended by itself
    }
  };
  // without a listener an error would end the process
  let failure: unknown = null;
  client.on('error', (error) => {
    failure ??= error;
    if (!isOurs) return;
    end();
    listener.lost(error);
  });
  const connection: RedisConnection = {
    run: async ({ sha, source }, keys, args) => {
      const rest = [String(keys.length), ...keys, ...args.map(asSent)];
      try {
        return await client.sendCommand(['EVALSHA', sha, ...rest], options);
      } catch (error) {
        if (!explain(error).startsWith('NOSCRIPT')) throw error;
        return await client.sendCommand(['EVAL', source, ...rest], options);
      }
    },
    command: (...args) => client.sendCommand(args, options),
    close: end,
  };
  isOurs = false;
  let late: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`no answer within ${timeout} ms`)), timeout);
  });
  try {
    await Promise.race([tooLate, client.connect().then(() => client.subscribe(channel, listener.news))]);
    if (failure !== null) throw failure;
  } catch (error) {
    end();
    throw failure ?? error;
  } finally {
    clearTimeout(late);
  }
  isOurs = true;
  return connection;
}

function asSent(value: string | Uint8Array): string | Buffer {
  return typeof value === 'string' ? value : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}

async function loadClient(): Promise<ClientPackage> {
  try {
    return (await import(CLIENT)) as ClientPackage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new EdgeError(
      'E_CONFIG',
      `the shared tier of the cache needs a package that is not installed: npm install ${CLIENT}@${TRIED}`,
      {
        cause: error,
        permanent: true,
      },
    );
  }
}

/** @throws EdgeError with the command that installs what is missing */
export async function redisClientInstalled(): Promise<void> {
  await loadClient();
}
