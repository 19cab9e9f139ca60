import { loadConfig } from '../config/load.js';
import { type Clearing, clearRetired } from '../runtime/publishing/retired-device.js';
import { FAILED } from './exit-codes.js';
import { print, printJson } from './print.js';

export interface ClearOptions {
  readonly device: string;
  /** Only what belongs to this camera. */
  readonly camera?: string;
  readonly site?: string;
  /** The site's file: where the broker is and how to log in. */
  readonly config?: string;
  readonly broker?: string;
  /** Without it nothing is cleared, only listed. */
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  /** Also where the device is online. */
  readonly force?: boolean;
  readonly json?: boolean;
}

/**
 * `mqtt clear`: lists what the broker retains of a device or of one of its cameras, and clears it with `--yes`.
 *
 * @returns the exit code: 1 where something could not be cleared
 * @throws as `clearRetired` and `loadConfig`
 */
export async function clearRetained(options: ClearOptions): Promise<number> {
  const { device, camera, config: file, site, broker, force = false } = options;
  const { config } = loadConfig({
    ...(file !== undefined && { file }),
    env: process.env,
    flags: { ...(site !== undefined && { site }), ...(broker !== undefined && { 'mqtt.broker': broker }) },
    flagNames: { site: '--site', 'mqtt.broker': '--broker' },
  });
  const clears = options.yes === true && options.dryRun !== true;
  const clearing = await clearRetired(config, { device, camera, clears, force });
  const { prefix, found, cleared, kept } = clearing;
  if (options.json) printJson({ prefix, found: found.map(({ topic }) => topic), cleared, kept });
  else for (const line of inWords(clearing, clears)) print(line);
  return kept.length === 0 ? 0 : FAILED;
}

function inWords({ prefix, found, cleared, kept }: Clearing, clears: boolean): string[] {
  if (found.length === 0) return [`the broker retains nothing of it below ${prefix} that this user may read`];
  if (!clears) {
    const list = found.map(({ topic, text }) => `${topic} (${Buffer.byteLength(text)} bytes)`);
    return [...list, `${found.length} retained; --yes clears ${found.length === 1 ? 'it' : 'them'}`];
  }
  return [
    ...cleared.map((topic) => `cleared ${topic}`),
    ...kept.map(({ topic, reason }) => `kept ${topic}: ${reason}`),
  ];
}
