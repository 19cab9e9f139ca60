import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { endWithBench } from '../harness/ending.js';
import { freePort } from '../harness/free-port.js';

/** A server of the benchmark's own on a free port of the loopback, which keeps nothing on a disk. */
export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

/** null where no redis-server or valkey-server is installed. */
export async function startRedis(folder: string): Promise<RedisServer | null> {
  const program = ['redis-server', 'valkey-server'].find((name) => !spawnSync(name, ['--version']).error);
  if (program === undefined) return null;
  const port = await freePort();
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const child = endWithBench(spawn(program, args, { stdio: 'ignore' }));
  for (let tries = 0; !(await accepts(port)); tries++) {
    if (tries > 500) throw new Error(`${program} did not start within 5 s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return { port, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
