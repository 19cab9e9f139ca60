import { accessSync, constants } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, resolve } from 'node:path';
import { readConfigFile } from '../config/site-file.js';
import { ConfigError } from '../foundation/errors.js';
import { rememberSecret } from '../foundation/known-secrets.js';
import { checkAnswers, type GivenAnswers, type SiteAnswers } from '../setup/answers.js';
import { discoverCameras } from '../setup/camera-discovery.js';
import { siteFiles } from '../setup/site-files.js';
import { uniqueName } from '../setup/unique-name.js';
import { type VideoDevice, videoDevices } from '../setup/video-devices.js';
import { writeSite } from '../setup/write-site.js';
import { askSite } from './ask-site.js';
import { print, printJson } from './print.js';
import { TerminalDialog } from './terminal-dialog.js';

export interface InitConfigOptions {
  /** Where the configuration goes. */
  readonly out: string;
  readonly answers?: string;
  readonly storeDir?: string;
  /** False: the network is not asked for cameras. */
  readonly discovery?: boolean;
  readonly json?: boolean;
}

/**
 * `config init`: writes the configuration of a site from answers: a file's, or a person's on this terminal.
 *
 * @returns the exit code
 * @throws ConfigError where answers are missing or cannot be used, and nothing is written; EdgeError where it cannot be written
 */
export async function initConfig(options: InitConfigOptions): Promise<number> {
  const file = resolve(options.out);
  const device = uniqueName(hostname());
  const local = videoDevices();
  const given = options.answers === undefined ? await asked(options, device, local) : fromFile(options.answers);
  const answers = completed(given, { ...options, device: device.name, local });
  if (answers.password !== null) rememberSecret(answers.password, answers.username ?? undefined);
  const written = writeSite(file, siteFiles(answers, basename(file)));
  const warnings = given.device === undefined && device.warning !== null ? [device.warning] : [];
  if (options.json) printJson({ file, written, site: answers.site, device: answers.device, warnings });
  else {
    for (const warning of warnings) print(`warning: ${warning}`);
    print(`site ${answers.site}, device ${answers.device}, ${counted(answers.cameras.length)}: ${written.join(', ')}`);
    print(`next: edge-optimizer config check ${file}`);
  }
  return 0;
}

const counted = (cameras: number): string => `${cameras} camera${cameras === 1 ? '' : 's'}`;

function fromFile(file: string): GivenAnswers {
  const { data, problems } = readConfigFile(file);
  const answers = problems.length > 0 ? { problems: [...problems] } : checkAnswers(data);
  if ('problems' in answers) throw new ConfigError(`the answers in ${file} cannot be used`, answers.problems);
  return answers;
}

async function asked(
  { discovery, json, out }: InitConfigOptions,
  device: ReturnType<typeof uniqueName>,
  local: readonly VideoDevice[],
): Promise<GivenAnswers> {
  if (process.stdin.isTTY !== true || json) {
    throw new ConfigError('no configuration was made', [
      '--answers: expected a file with site and cameras (device, broker, username, password, storeDir where wanted), got none, and there is nobody to ask: stdin is no terminal, or --json was given',
    ]);
  }
  refuseUnwritable(dirname(resolve(out)));
  const dialog = new TerminalDialog(process.stdin, process.stdout, true);
  try {
    if (discovery !== false) dialog.tell('Looking for cameras ...');
    const network = discovery === false ? [] : await discoverCameras();
    return await askSite(dialog, { device, local, network });
  } finally {
    dialog.close();
  }
}

/** Before a person answers ten questions for nothing. */
function refuseUnwritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new ConfigError('no configuration was made', [`--out: expected a folder to write to, got ${folder}`]);
  }
}

interface Proposals {
  readonly device: string;
  readonly local: readonly VideoDevice[];
  readonly storeDir?: string;
}

function completed(given: GivenAnswers, { device, local, storeDir }: Proposals): SiteAnswers {
  if (given.cameras === 'found' && local.length === 0) {
    throw new ConfigError('no configuration was made', [
      'cameras: expected a camera on this machine for found, got none: is it plugged in (ls /dev/video*)?',
    ]);
  }
  return {
    site: given.site,
    device: given.device ?? device,
    cameras:
      given.cameras === 'found'
        ? local.map(({ path }, index) => ({ id: `camera${index + 1}`, url: path }))
        : given.cameras,
    broker: given.broker ?? 'off',
    username: given.username ?? null,
    password: given.password ?? null,
    storeDir: given.storeDir ?? storeDir ?? null,
  };
}
