import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { endWithBench } from '../harness/ending.js';
import { freePort } from '../harness/free-port.js';
import { OptionError } from '../harness/options.js';

/** Where Debian has it. */
const PATHS = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** A Mosquitto that keeps all that comes and sends as fast as it is taken. @throws OptionError where none is installed */
export async function startMosquitto(folder: string): Promise<{ child: ChildProcess; port: number }> {
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  const lines = ['allow_anonymous true', 'max_inflight_messages 0', 'max_queued_messages 0', 'set_tcp_nodelay true'];
  // run as root it would change to a user that may not read the folder
  writeFileSync(file, [`listener ${port} 127.0.0.1`, 'user root', ...lines, ''].join('\n'));
  const env = { ...process.env, PATH: PATHS };
  const child = endWithBench(spawn('mosquitto', ['-c', file], { stdio: 'ignore', env }));
  const failed = new Promise<never>((_, reject) => {
    child.once('error', () => reject(new OptionError('mosquitto is not installed: sudo apt install mosquitto')));
    child.once('exit', () => reject(new OptionError('mosquitto does not start')));
  });
  failed.catch(() => undefined);
  while (!(await Promise.race([listens(port), failed]))) await new Promise((resolve) => setTimeout(resolve, 50));
  return { child, port };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
