import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigSources, loadConfig } from '../../src/config/load.js';
import { silentLog } from '../../src/foundation/log.js';
import { readChangeToken } from '../../src/runtime/change-token.js';
import { Runtime } from '../../src/runtime/runtime.js';
import { freePort } from '../loopback.js';
import { smallVariants } from '../runtime/small-variants.js';
import { eventually } from '../temporary.js';

/** The program by a site's file with two cameras: `north` on the simulator, and `south`, where nothing answers. */
export interface BridgeDevice {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
  readonly file: string;
  /** With the token of changes in it. */
  readonly trusted: (page: string) => string;
  readonly token: () => string;
  readonly runtime: () => Runtime;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function bridgeDevice(folder: string): Promise<BridgeDevice> {
  const storeDir = join(folder, 'store');
  mkdirSync(storeDir, { recursive: true });
  const { dir } = smallVariants(join(folder, 'models'));
  const port = await freePort();
  const file = join(folder, 'site.yaml');
  writeFileSync(file, siteOf({ port, storeDir, models: dir }), { mode: 0o600 });
  const sources: ConfigSources = { file, env: {} };
  let runtime: Runtime;
  const start = async (): Promise<void> => {
    runtime = new Runtime(loadConfig(sources).config, silentLog, {}, { configSources: sources });
    await runtime.start();
    await eventually('north is answered', () => runtime.status().cameras[0]!.inferred > 0, 60_000);
    await eventually('south is not there', () => runtime.status().cameras[1]!.lastError !== null, 60_000);
  };
  await start();
  const url = `http://127.0.0.1:${port}/`;
  const token = (): string => readChangeToken(storeDir)!;
  return {
    url,
    file,
    token,
    trusted: (page) => `${url}?${page}#token=${token()}`,
    runtime: () => runtime,
    start,
    stop: () => runtime.stop('the test is over'),
  };
}

const siteOf = ({ port, storeDir, models }: { port: number; storeDir: string; models: string }): string => `# the bridge
board: none
cameras:
  - id: north # over the river
    url: sim://road?traffic=rush&seed=2&fps=8
    lines:
      # towards the town
      - { id: gate, from: [0.2, 0.55], to: [0.8, 0.6], left: in, right: out }
    zones:
      - id: bay
        polygon: [[0.1, 0.7], [0.4, 0.65], [0.45, 0.9]]
  - id: south
    url: rtsp://127.0.0.1:1/none
model:
  dir: ${models}
store:
  dir: ${storeDir}
http:
  port: ${port}
tune:
  enabled: false
`;
