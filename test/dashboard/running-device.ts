import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../src/config/config.js';
import { silentLog } from '../../src/foundation/log.js';
import { readChangeToken } from '../../src/runtime/change-token.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { freePort } from '../loopback.js';
import { smallVariants } from '../runtime/small-variants.js';
import { eventually } from '../temporary.js';

/** The whole program on simulated cameras, served at an address that stays the same. */
export interface RunningDevice {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** What changes need. */
  readonly token: string;
  readonly runtime: Runtime;
  readonly storeDir: string;
  /** Ends the program; the address answers no more. */
  stop(): Promise<void>;
  /** Starts it again, with the same store. */
  start(): Promise<void>;
  /** The JSON of a path, with the token. */
  get<T>(path: string): Promise<T>;
  /** Posts JSON with the token. @returns status and answer */
  post(path: string, body: object): Promise<{ readonly status: number; readonly answer: Record<string, unknown> }>;
}

/** Runs the program in a folder of its own. @param more of the configuration */
export async function runDevice(folder: string, more: object = {}): Promise<RunningDevice> {
  const storeDir = join(folder, 'store');
  mkdirSync(storeDir, { recursive: true });
  const { dir } = smallVariants(join(folder, 'models'));
  const port = await freePort();
  const config = configSchema.parse({
    cameras: [
      { id: 'north', url: 'sim://road?traffic=rush&seed=2&fps=5' },
      { id: 'south', url: 'sim://road?traffic=light&seed=3&fps=5' },
    ],
    model: { dir },
    store: { dir: storeDir },
    http: { enabled: true, port },
    ...more,
  });
  const url = `http://127.0.0.1:${port}/`;
  let runtime = new Runtime(config, silentLog);
  const start = async (): Promise<void> => {
    await runtime.start();
    await eventually(
      'a camera is answered',
      () => runtime.status().cameras.some(({ inferred }) => inferred > 0),
      60_000,
    );
  };
  const headers = () => ({ authorization: `Bearer ${readChangeToken(storeDir)}`, 'content-type': 'application/json' });
  await start();
  return {
    url,
    storeDir,
    get token() {
      return readChangeToken(storeDir)!;
    },
    get runtime() {
      return runtime;
    },
    stop: () => runtime.stop('the test is over'),
    start: async () => {
      runtime = new Runtime(config, silentLog);
      await start();
    },
    get: async <T>(path: string) => (await (await fetch(new URL(path, url), { headers: headers() })).json()) as T,
    post: async (path, body) => {
      const reply = await fetch(new URL(path, url), { method: 'POST', headers: headers(), body: JSON.stringify(body) });
      return { status: reply.status, answer: (await reply.json()) as Record<string, unknown> };
    },
  };
}
