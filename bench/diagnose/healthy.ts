import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithBench } from '../harness/ending.js';
import { freePort } from '../harness/free-port.js';
import { diagnosed, type Told } from './diagnosed.js';
import type { Site } from './site.js';

export interface Healthy {
  readonly name: string;
  /** Of each round. */
  readonly ms: readonly number[];
  /** False alarms, of all rounds. */
  readonly faults: readonly Told[];
}

const START_MS = 30_000;
/** Until every rate of the service has something to be read from. */
const SETTLE_MS = 8000;

/** Diagnoses a healthy site beside its running service, and once that has ended. */
export async function besideService(site: Site, rounds: number): Promise<Healthy[]> {
  const port = await freePort();
  site.config['http'] = { enabled: true, port };
  const file = site.write();
  const command = ['--max-semi-space-size=2', join(PROJECT_ROOT, 'dist/src/main.js'), 'run', '--config', file];
  const service = endWithBench(spawn(process.execPath, command, { stdio: 'ignore' }));
  try {
    await untilReady(port);
    await sleep(SETTLE_MS);
    const beside = await look('healthy, beside the service', file, rounds);
    const ended = once(service, 'exit');
    service.kill('SIGTERM');
    await ended;
    return [beside, await look('healthy, without the service', file, rounds)];
  } finally {
    service.kill('SIGKILL');
  }
}

async function look(name: string, file: string, rounds: number): Promise<Healthy> {
  const all = [];
  for (let round = 0; round < rounds; round++) all.push(await diagnosed(file));
  return { name, ms: all.map(({ ms }) => ms), faults: all.flatMap(({ faults }) => faults) };
}

async function untilReady(port: number): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    const reply = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (reply?.ok) return;
    await sleep(200);
  }
  throw new Error(`the service was not ready within ${START_MS / 1000} s`);
}
