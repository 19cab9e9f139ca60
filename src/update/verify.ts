import { createHash } from 'node:crypto';
import { BundleError } from '../foundation/errors.js';
import type { BundleEntry } from './bundle-entry.js';
import {
  type BundledFile,
  type BundleManifest,
  MANIFEST_FILE,
  parseBundleManifest,
  SIGNATURE_FILE,
} from './manifest.js';
import { signerOf, type Trust } from './signature.js';

const MAX_MANIFEST_BYTES = 16 << 20;
const MAX_SIGNATURE_BYTES = 1024;

/** A bundle that is what it says. */
export interface VerifiedBundle {
  readonly manifest: BundleManifest;
  /** Sha256 of manifest.json, in hex: of two bundles with the same one, every file is the same. */
  readonly digest: string;
  /** Id of the key that signed it; null where it was taken without. */
  readonly signer: string | null;
}

/** Where a bundle's files go while they are verified. */
export interface BundleSink {
  /** Before any file, with a manifest whose signature holds: may throw to refuse it. */
  begin(manifest: BundleManifest): Promise<void>;
  /** @param content is verified as it is read: it throws at its end where it is not what the manifest says */
  write(file: { readonly path: string; readonly executable: boolean }, content: AsyncIterable<Buffer>): Promise<void>;
}

/** Only verifies. */
const NOWHERE: BundleSink = {
  begin: async () => undefined,
  write: async (_file, content) => {
    for await (const _piece of content);
  },
};

/**
 * Reads a whole bundle: first who signed its manifest, then that it holds the files of that manifest, byte for byte, and nothing else.
 *
 * @throws BundleError at the first thing that is not so; what the sink was given until then is not to be used
 */
export async function verifyBundle(
  entries: AsyncGenerator<BundleEntry>,
  trust: Trust,
  sink: BundleSink = NOWHERE,
): Promise<VerifiedBundle> {
  try {
    const manifestBytes = await small(await nextOf(entries, MANIFEST_FILE), MAX_MANIFEST_BYTES);
    const second = (await entries.next()).value;
    const isSigned = second?.path === SIGNATURE_FILE;
    const signature = isSigned ? (await small(second, MAX_SIGNATURE_BYTES)).toString('latin1') : null;
    const signer = signerOf(manifestBytes, signature, trust);
    const manifest = parseBundleManifest(manifestBytes);
    await sink.begin(manifest);
    const missing = new Map(manifest.files.map((file) => [file.path, file]));
    if (!isSigned && second) await take(second, missing, sink);
    for await (const entry of entries) await take(entry, missing, sink);
    const [absent] = missing.keys();
    if (absent !== undefined) throw new BundleError(`the bundle lacks ${absent}, which its manifest names`);
    return { manifest, digest: createHash('sha256').update(manifestBytes).digest('hex'), signer };
  } finally {
    await entries.return(undefined);
  }
}

async function nextOf(entries: AsyncGenerator<BundleEntry>, path: string): Promise<BundleEntry> {
  const { value } = await entries.next();
  if (value?.path !== path) {
    throw new BundleError(`it is no bundle of this program: expected ${path} first, got ${value?.path ?? 'nothing'}`);
  }
  return value;
}

async function small({ path, bytes, content }: BundleEntry, atMost: number): Promise<Buffer> {
  if (bytes > atMost) throw new BundleError(`${path} of the bundle is far too large: ${bytes} bytes`);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Takes each file that is expected once. */
async function take(entry: BundleEntry, missing: Map<string, BundledFile>, sink: BundleSink): Promise<void> {
  const expected = missing.get(entry.path);
  if (expected === undefined) {
    throw new BundleError(
      `the bundle holds ${JSON.stringify(entry.path)}, which its manifest does not name or has named before`,
    );
  }
  missing.delete(entry.path);
  if (entry.bytes !== expected.bytes) throw changed(entry.path, `${entry.bytes} bytes, not ${expected.bytes}`);
  if (entry.executable !== null && entry.executable !== expected.executable) throw changed(entry.path, 'another mode');
  await sink.write(expected, verified(entry, expected.sha256));
}

async function* verified({ path, content }: BundleEntry, sha256: string): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== sha256) throw changed(path, 'another sha256');
}

function changed(path: string, how: string): BundleError {
  return new BundleError(
    `${path} of the bundle is not what its manifest says (${how}): it was changed or damaged, get it anew`,
  );
}
