import { basename, resolve } from 'node:path';
import { ConfigError } from '../../foundation/errors.js';
import { readBundleArchive } from '../../update/bundle-archive.js';
import { bundleTrust } from '../../update/signature.js';
import { verifyBundle } from '../../update/verify.js';
import { trustedBundleKeys } from '../update.js';
import { beginAction, type CareFlags } from './actions.js';
import type { ChoiceFlags } from './choice.js';
import type { CollectorFlags } from './collector-client.js';

export interface FleetUpdateFlags extends CollectorFlags, ChoiceFlags, CareFlags {
  readonly url: string;
  /** Files of public keys that may have signed the bundle. */
  readonly key?: readonly string[];
  /** s for which each device has the new version on trial. */
  readonly trial: number;
  readonly allowOlder?: boolean;
}

/** One device, then a tenth, then half, and each must be well for ten minutes before the next have it. */
const USUAL = { stage: ['1', '10%', '50%'], watch: 600 } as const;
/** s beyond the trial: the bundle has to be fetched. */
const FETCHING_S = 1800;

/**
 * `edge-optimizer fleet update BUNDLE`: has devices install it, in stages. The bundle here only says what it is; devices fetch it
 * from the address, and take nothing else.
 *
 * @returns the exit code of the action
 * @throws BundleError where it is no bundle that the keys have signed; ConfigError where a flag cannot be used
 */
export async function updateFleet(bundle: string, flags: FleetUpdateFlags): Promise<number> {
  const { url, key, trial, allowOlder = false } = flags;
  if (key === undefined)
    throw new ConfigError('nothing is updated', ['--key: expected the public key that signed the bundle']);
  const trust = { ...bundleTrust([]), keys: trustedBundleKeys({ key }) };
  const { manifest, digest } = await verifyBundle(readBundleArchive(resolve(bundle)), trust);
  const at = url.endsWith('/') ? `${url}${basename(bundle)}` : url;
  const body = { version: manifest.version, url: at, digest, watchS: trial, ...(allowOlder && { allowOlder }) };
  return beginAction('update', body, { ...USUAL, outcome: trial + FETCHING_S, ...flags });
}
