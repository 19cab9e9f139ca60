import { createHash } from 'node:crypto';
import { BundleError, explain } from '../foundation/errors.js';
import { z } from '../foundation/validate.js';
import type { SigningKey } from '../telemetry/commands/keys.js';
import { BUNDLE_PLATFORMS } from './manifest.js';
import { compareVersions } from './refusal.js';
import { signerOf, signManifest, type Trust } from './signature.js';

/** A bundle's version, as its manifest and a pin write it. */
export const VERSION_TEXT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/;

const offeredBundle = z.strictObject({
  version: z.string().regex(VERSION_TEXT),
  platform: z.enum(BUNDLE_PLATFORMS),
  /** Name of the archive, beside the index. */
  file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,200}$/),
  /** Sha256 of its manifest.json, lower-case hex. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Percent of the devices that take it by themselves, always the same ones. */
  rollout: z.int().min(0).max(100),
});

const channelIndex = z.strictObject({
  format: z.literal(1),
  name: z.literal('edge-inference-optimizer index'),
  bundles: z.array(offeredBundle).max(1000),
});

/** A bundle that a channel offers. */
export type OfferedBundle = z.infer<typeof offeredBundle>;

/** The last line of an index: its signature over all bytes before that line. */
const SIGNATURE = /\n#signature ([A-Za-z0-9+/=]{40,100})\n?$/;

/** An index as it is published: JSON, and a last line with the signature. */
export function signedIndex(bundles: readonly OfferedBundle[], key: SigningKey): string {
  const index = { format: 1, name: 'edge-inference-optimizer index', bundles };
  const text = JSON.stringify(channelIndex.parse(index), null, 2);
  return `${text}\n#signature ${signManifest(Buffer.from(text), key).trim()}\n`;
}

/** @throws BundleError where no known key signed it, whatever `unsignedOk` says, or it is no index that this version knows */
export function readIndex(text: string, { keys }: Trust): OfferedBundle[] {
  const [line, signature] = SIGNATURE.exec(text) ?? [];
  if (line === undefined || signature === undefined)
    throw new BundleError('update.channel: it is no signed index of bundles');
  if (keys.length === 0)
    throw new BundleError('no key is known here to check the index of the channel: set update.publicKeys');
  const signed = text.slice(0, text.length - line.length);
  signerOf(Buffer.from(signed), signature, { keys, unsignedOk: false });
  try {
    return channelIndex.parse(JSON.parse(signed)).bundles;
  } catch (error) {
    throw new BundleError(`the index of the channel is not as this version knows it: ${explain(error)}`);
  }
}

/** For whom a bundle is chosen. */
export interface ChannelDevice {
  /** `linux-x64`. */
  readonly platform: string;
  /** Version that runs, and the name of its folder; null where there is none yet. */
  readonly version: string | null;
  readonly current: string | null;
  /** The only version that it may have; null: the newest. */
  readonly pin: string | null;
  /** Unique in the fleet: decides whether it is among the first. */
  readonly id: string;
  /** Whether a bundle was taken back here before. */
  readonly isRefused: (digest: string) => boolean;
}

/** What a device does with a channel. */
export type ChannelChoice =
  | { readonly kind: 'take'; readonly bundle: OfferedBundle }
  /** `reason`: why nothing is taken, for people. */
  | { readonly kind: 'nothing'; readonly reason: string };

/** Chooses for a device: the pinned version, or the newest that is newer, not refused and rolled out as far as this device. */
export function chooseBundle(bundles: readonly OfferedBundle[], device: ChannelDevice): ChannelChoice {
  const { platform, version, current, pin } = device;
  const offered = bundles
    .filter((bundle) => bundle.platform === platform && (pin === null || bundle.version === pin))
    .sort((a, b) => compareVersions(b.version, a.version));
  if (offered.length === 0) {
    return nothing(
      pin === null
        ? `the channel has nothing for ${platform}`
        : `the channel has no ${pin} for ${platform}, which update.pin wants`,
    );
  }
  // why the newest one is not taken is what there is to tell
  let reason: string | null = null;
  for (const bundle of offered) {
    if (current === `${bundle.version}-${bundle.digest.slice(0, 8)}`) {
      return nothing(reason ?? `${bundle.version} is what the channel has, and is here`);
    }
    if (pin === null && version !== null && compareVersions(bundle.version, version) <= 0) break;
    const obstacle = obstacleTo(bundle, device);
    if (obstacle === null) return { kind: 'take', bundle };
    reason ??= obstacle;
  }
  return nothing(reason ?? `the channel has nothing newer than ${version}`);
}

/** A pin is somebody's word for this device, whatever the rollout. */
function obstacleTo({ version, digest, rollout }: OfferedBundle, { pin, id, isRefused }: ChannelDevice): string | null {
  if (isRefused(digest)) return `${version} was taken back here before, and is not taken again from a channel`;
  if (pin !== null || stageOf(id, version) < rollout) return null;
  return `${version} is rolled out to ${rollout} % of the devices, and not to this one yet`;
}

const nothing = (reason: string): ChannelChoice => ({ kind: 'nothing', reason });

/**
 * 0 to 99: at which percent of its rollout a device takes a version; another one for each version, so that not the same are
 * always first.
 */
export function stageOf(id: string, version: string): number {
  return createHash('sha256').update(`${version}\n${id}`).digest().readUInt32BE(0) % 100;
}
