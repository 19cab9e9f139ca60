import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { temporaryFolder } from '../../temporary.js';

const VERSIONS = '/usr/lib/postgresql';

/** Where Debian puts the newest server that is installed; null where none is. */
export function serverPrograms(): string | null {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = versions.map((version) => join(VERSIONS, version, 'bin'));
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** A server of its own in a temporary folder, on a socket there and on no port; it ends with the process. */
export class Cluster {
  readonly #folder: string;
  readonly #settings: readonly string[];
  #server: ChildProcess | null = null;

  private constructor(folder: string, settings: readonly string[]) {
    this.#folder = folder;
    this.#settings = settings;
    // at once, but with its shared memory given back
    process.on('exit', () => this.#server?.kill('SIGQUIT'));
  }

  /**
   * It keeps nothing over a power cut, and counts its statements.
   *
   * @param more settings, as in `work_mem=64MB`
   */
  static async start(...more: string[]): Promise<Cluster> {
    const programs = serverPrograms()!;
    const folder = temporaryFolder('postgres');
    const data = join(folder, 'data');
    mkdirSync(data);
    if (isRoot()) execFileSync('chown', ['-R', 'postgres', folder]);
    chmodSync(folder, 0o755);
    const made = ['-D', data, '-U', 'postgres', '-A', 'trust', '-N', '-E', 'UTF8', '--locale=C'];
    const initialise = asUser(join(programs, 'initdb'), made);
    execFileSync(initialise.command, initialise.args, { stdio: 'ignore' });
    const settings = [
      'listen_addresses=',
      `unix_socket_directories=${folder}`,
      'fsync=off',
      'shared_buffers=16MB',
      'autovacuum=off',
      'shared_preload_libraries=pg_stat_statements',
      ...more,
    ];
    const cluster = new Cluster(folder, settings);
    await cluster.resume();
    return cluster;
  }

  /** Ends it without a word to anybody, as a crash does. */
  async crash(): Promise<void> {
    const server = this.#server!;
    server.ref();
    const ended = once(server, 'exit');
    server.kill('SIGQUIT');
    await ended;
  }

  /** Starts it, with what it had. */
  async resume(): Promise<void> {
    const settings = this.#settings.flatMap((setting) => ['-c', setting]);
    const serve = asUser(join(serverPrograms()!, 'postgres'), ['-D', join(this.#folder, 'data'), ...settings]);
    this.#server = spawn(serve.command, serve.args, { stdio: 'ignore' });
    this.#server.unref();
    await this.#answers();
  }

  /** An address of one of its databases. */
  url(database = 'postgres', user = 'postgres'): string {
    const port = this.#settings.findLast((setting) => setting.startsWith('port='));
    return `postgres://${user}@/${database}?host=${this.#folder}${port === undefined ? '' : `&${port}`}`;
  }

  /** Runs statements, a script each. @returns rows of the last statement */
  async sql(database: string, ...scripts: string[]): Promise<Readonly<Record<string, unknown>>[]> {
    const client = new pg.Client(this.url(database));
    await client.connect();
    try {
      let rows: Record<string, unknown>[] = [];
      for (const script of scripts) {
        const results = [await client.query(script)].flat() as pg.QueryResult<Record<string, unknown>>[];
        rows = results.at(-1)!.rows;
      }
      return rows;
    } finally {
      await client.end();
    }
  }

  async #answers(): Promise<void> {
    for (let left = 400; ; left -= 1) {
      try {
        await this.sql('postgres', 'SELECT 1');
        return;
      } catch (error) {
        if (left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
    }
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** PostgreSQL does not run as root; neither is it to outlive whoever started it. */
const asUser = (program: string, args: readonly string[]): { command: string; args: string[] } => ({
  command: 'setpriv',
  args: [
    ...(isRoot() ? ['--reuid=postgres', '--regid=postgres', '--clear-groups'] : []),
    ...['--pdeathsig', 'TERM', program, ...args],
  ],
});
