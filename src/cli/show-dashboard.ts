import { spawn } from 'node:child_process';
import { platform } from 'node:os';
import { join } from 'node:path';
import { siteFileOf } from '../config/installed-site.js';
import { loadConfig } from '../config/load.js';
import { ConfigError, EdgeError, explain } from '../foundation/errors.js';
import { fromRoot } from '../foundation/home.js';
import { html } from '../foundation/markup.js';
import { writeWhole } from '../foundation/private-files.js';
import { ownAddress } from '../http/own-address.js';
import { changeTokenFile, readChangeToken } from '../runtime/change-token.js';
import { noAnswer } from './no-answer.js';
import { print, printJson } from './print.js';

export interface ShowDashboard {
  readonly config?: string;
  readonly open?: boolean;
  readonly json?: boolean;
}

const PATIENCE_MS = 4000;

/**
 * `dashboard`: where the pages of the running program are, with the token that changes need.
 *
 * @returns the exit code
 * @throws ConfigError where it serves none as configured; EdgeError E_OUTPUT where no program answers, or no browser opens
 */
export async function showDashboard({ config: given, open = false, json = false }: ShowDashboard): Promise<number> {
  const file = siteFileOf(given);
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const { http } = config;
  if (!http.enabled || http.port === 0) {
    const got = http.enabled ? 'http.port: 0, which is another port at each start' : 'http.enabled: false';
    throw new ConfigError('there is no dashboard', [
      `http: expected a port that the pages are served at, got ${got}; set http.enabled: true and http.port: 9464, and start the program anew`,
    ]);
  }
  const storeDir = fromRoot(config.store.dir);
  const address = `${ownAddress(http.host, http.port)}/`;
  await expectAnswer(address, storeDir);
  const token = http.token ?? readChangeToken(storeDir);
  const url = token === null ? address : `${address}#token=${encodeURIComponent(token)}`;
  if (json) printJson({ url, address, mayChange: token !== null });
  else print(url);
  if (token === null && !json) {
    process.stderr.write(
      `nothing can be changed with it: ${changeTokenFile(storeDir)} cannot be read by this user; ask as the user of the service, or as root\n`,
    );
  }
  if (open) await openInBrowser(url, storeDir);
  return 0;
}

async function expectAnswer(address: string, storeDir: string): Promise<void> {
  const reply = await fetch(address, { signal: AbortSignal.timeout(PATIENCE_MS) }).catch((cause: unknown) => {
    throw noAnswer(address, storeDir, cause);
  });
  if (reply.ok) return;
  throw new EdgeError(
    'E_OUTPUT',
    `what answers at ${address} serves no pages: ${(await reply.text()).slice(0, 200).trim()}`,
  );
}

/** By way of a private file: the arguments of a process are to be seen by everybody on the machine. */
async function openInBrowser(url: string, storeDir: string): Promise<void> {
  const file = join(storeDir, 'dashboard.html');
  const page = html`<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${url}"><title>edge-optimizer</title>`;
  try {
    await writeWhole(file, page.text, { durable: false });
    await start(platform() === 'darwin' ? 'open' : 'xdg-open', file);
  } catch (error) {
    throw new EdgeError('E_OUTPUT', `no browser opens here (${explain(error)}): open the address above`, {
      cause: error,
    });
  }
}

function start(command: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [file], { stdio: 'ignore', detached: true });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}
