import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { siteFileOf } from '../../config/installed-site.js';
import { loadConfig } from '../../config/load.js';
import { type EvidenceAccess, noteAccess } from '../../evidence/access-log.js';
import { HEAD } from '../../evidence/chain/layout.js';
import { headsFolder } from '../../evidence/chain/remembered-head.js';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../../foundation/past-time.js';
import { scopeFolder, type TenantId } from '../../foundation/scope.js';
import { chosenViewer } from '../chosen-viewer.js';

export interface EvidenceFlags {
  readonly config?: string;
  /** Id. */
  readonly tenant?: string;
  readonly json?: boolean;
}

/** Where the evidence of a device is. */
export interface EvidencePlace {
  /** Of the chain. */
  readonly folder: string;
  /** `store.dir`, where the key is. */
  readonly store: string;
  /** Where heads of the chain are remembered. */
  readonly heads: string;
}

/** @throws ConfigError as `loadConfig`, or where there is no such tenant */
export function evidencePlace({ config: named, tenant }: EvidenceFlags): EvidencePlace {
  const file = siteFileOf(named);
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const store = fromRoot(config.store.dir);
  const owner = chosenViewer(config, tenant).tenant;
  return { folder: evidenceFolder(config, owner), store, heads: headsFolder(store, owner) };
}

/** Where the chain of an owner is, as it is configured. */
export function evidenceFolder({ store, evidence }: Pick<Config, 'store' | 'evidence'>, tenant: TenantId): string {
  const { path } = evidence;
  return scopeFolder({ tenant }, path === undefined ? join(fromRoot(store.dir), 'evidence') : fromRoot(path));
}

/** The same where there is any. @throws ConfigError where there is none yet */
export function placeOfEvidence(flags: EvidenceFlags): EvidencePlace {
  const place = evidencePlace(flags);
  if (existsSync(join(place.folder, HEAD))) return place;
  throw new ConfigError('there is no evidence', [
    `evidence.on: expected kinds of events and a program that runs, got no evidence in ${place.folder}; --config FILE names a site's configuration`,
  ]);
}

/** Unix ms; undefined where nothing was typed. @throws ConfigError where it is no time */
export function sinceOf(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const since = pastTime(text, now);
  if (since !== null) return since;
  throw new ConfigError('there is nothing to show', [
    `--since: expected ${PAST_TIME_IN_WORDS}, got ${text || 'nothing'}`,
  ]);
}

/**
 * Takes down that somebody on this machine looked.
 *
 * @throws EdgeError E_OUTPUT where it cannot be: then nothing is shown
 */
export async function noteLocally(folder: string, what: Omit<EvidenceAccess, 'at' | 'by'>): Promise<void> {
  const { username, uid } = userInfo();
  try {
    await noteAccess(folder, { at: Date.now(), by: `user ${username} (${uid})`, ...what });
  } catch (error) {
    throw new EdgeError(
      'E_OUTPUT',
      `nothing is shown, as it cannot be taken down who looked: ${explain(error)}; run it as the user that the program runs as, or as root`,
      { cause: error, permanent: true },
    );
  }
}
