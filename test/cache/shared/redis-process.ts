import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connectRedis, type RedisConnection } from '../../../src/cache/shared/redis-client.js';
import { freePort, listening } from '../../loopback.js';
import { redisProgram } from '../../optional.js';
import { endWithTests, temporaryFolder } from '../../temporary.js';

let folder: string | null = null;

/** A real server of this test alone, on a free port of the loopback; nothing is kept on a disk. */
export class RedisProcess {
  readonly port: number;
  readonly #args: readonly string[];
  #child: ChildProcess;

  private constructor(port: number, args: readonly string[]) {
    this.port = port;
    this.#args = args;
    this.#child = this.#spawned();
  }

  /** @param args as on the server's command line */
  static async start(...args: string[]): Promise<RedisProcess> {
    const server = new RedisProcess(await freePort(), args);
    await server.#answers();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** With the same port and arguments, empty. */
  async restart(): Promise<void> {
    await this.kill();
    this.#child = this.#spawned();
    await this.#answers();
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
  }

  /** It hangs: its connections stay, nothing answers. */
  hang(): void {
    this.#child.kill('SIGSTOP');
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }

  /** A connection of the test's own. */
  connect(password: string | null = null): Promise<RedisConnection> {
    const address = { host: '127.0.0.1', port: this.port, path: null, username: null, database: 0, tls: null };
    return connectRedis(address, password, 'of-the-test', 5000, { news: () => undefined, lost: () => undefined });
  }

  #spawned(): ChildProcess {
    folder ??= temporaryFolder('redis');
    const own = [
      '--port',
      String(this.port),
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--dir',
      folder,
      '--loglevel',
      'warning',
    ];
    return endWithTests(spawn(redisProgram()!, [...own, ...this.#args], { stdio: 'ignore' }));
  }

  async #answers(): Promise<void> {
    for (let tries = 0; tries < 500; tries++) {
      if (await listening(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('redis-server did not start within 5 s');
  }
}

/** Makes time go by for what the server keeps under a prefix: each key has that much less left. */
export async function passOnServer(connection: RedisConnection, prefix: string, ms: number): Promise<void> {
  const source = `
for _, key in ipairs(redis.call('KEYS', ARGV[1] .. '*')) do
  local left = redis.call('PTTL', key)
  if left >= 0 then redis.call('PEXPIRE', key, left - tonumber(ARGV[2])) end
end`;
  await connection.command('EVAL', source, '0', prefix, String(ms));
}
