import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load.js';
import { ConfigError } from '../foundation/errors.js';
import { download } from '../models/download.js';
import { deviceScope } from '../runtime/device-scope.js';
import { type ChannelChoice, chooseBundle, readIndex } from '../update/channel-index.js';
import type { Trust } from '../update/signature.js';
import type { ProgramTrials } from './update-trial.js';

const MOST_INDEX_BYTES = 2 ** 20;

/** What a channel has for this device, and where it is to be fetched. */
export interface ChannelAnswer {
  readonly choice: ChannelChoice;
  /** Of the bundle; null where nothing is taken. */
  readonly url: string | null;
  /** Whether the version is one that somebody pinned, which may be older. */
  readonly isPinned: boolean;
}

/**
 * Asks the channel of the configuration.
 *
 * @param file the configuration; undefined where there is none
 * @param version what runs; null where nothing does
 * @throws ConfigError where there is no channel, BundleError where its index is not to be trusted, EdgeError E_DOWNLOAD
 */
export async function askChannel(
  file: string | undefined,
  version: string | null,
  trust: Trust,
  { versions, trials }: Pick<ProgramTrials, 'versions' | 'trials'>,
): Promise<ChannelAnswer> {
  const config = file === undefined ? null : loadConfig({ file, env: process.env }).config;
  const { channel, pin = null } = config?.update ?? {};
  if (config === null || channel === undefined) {
    throw new ConfigError('there is nothing to update from', [
      'bundle: expected a file, a folder or an https:// URL, or update.channel in the configuration, got nothing',
    ]);
  }
  const { site, device } = deviceScope(config);
  const choice = chooseBundle(readIndex(await fetchedIndex(channel), trust), {
    platform: `${process.platform}-${process.arch}`,
    version,
    current: versions.current,
    pin,
    id: `${site}/${device}`,
    isRefused: (digest) => trials.isRefused(digest),
  });
  const url = choice.kind === 'take' ? new URL(choice.bundle.file, channel).href : null;
  return { choice, url, isPinned: pin !== null };
}

async function fetchedIndex(url: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-channel-'));
  try {
    const to = join(folder, 'index');
    await download({
      url,
      to,
      sha256: null,
      mostBytes: MOST_INDEX_BYTES,
      advice: 'name the bundle to `edge-optimizer update`',
    });
    return readFileSync(to, 'utf8');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
