import { BundleError, explain } from '../foundation/errors.js';
import { z } from '../foundation/validate.js';

/** The platforms that a bundle is made for. */
export const BUNDLE_PLATFORMS = ['linux-arm64', 'linux-x64'] as const;

/** What a bundle says of itself, and of each of its files. */
export const MANIFEST_FILE = 'manifest.json';
/** The Ed25519 signature of the bytes of manifest.json, in base64. */
export const SIGNATURE_FILE = 'manifest.sig';

/** A file's place in a bundle: relative, and never above it. */
const bundledPath = z
  .string()
  .max(1024)
  .refine(
    (path) => isPlainPath(path) && path !== MANIFEST_FILE && path !== SIGNATURE_FILE,
    'expected a relative path without . and ..',
  );

const bundledFile = z.strictObject({
  path: bundledPath,
  bytes: z.int().min(0),
  /** Lower-case hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  executable: z.boolean(),
});

const bundleManifest = z.strictObject({
  /** Of this description; a program refuses one that it does not know. */
  format: z.literal(1),
  name: z.literal('edge-inference-optimizer'),
  version: z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/),
  platform: z.enum(BUNDLE_PLATFORMS),
  /** The commit that it was made from, `…-dirty` where the clone held something else; null where that is not known. */
  commit: z.string().max(64).nullable(),
  /** Version of the Node in it. */
  node: z.string().max(32),
  /** Whether better-sqlite3 is in it with its binary; without it nothing is kept on disk. */
  sqlite: z.boolean(),
  /** Oldest glibc with which everything compiled in it loads, such as 2.34; null where nothing is compiled. Absent in the first bundles. */
  glibc: z
    .string()
    .regex(/^2\.\d+$/)
    .nullable()
    .default(null),
  files: z.array(bundledFile).max(100_000),
});

/** What a bundle is and what is in it. */
export type BundleManifest = z.infer<typeof bundleManifest>;
/** One of its files. */
export type BundledFile = z.infer<typeof bundledFile>;

/** @throws BundleError where it is no manifest that this version knows, or names a file twice */
export function parseBundleManifest(bytes: Buffer): BundleManifest {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new BundleError(`${MANIFEST_FILE} of the bundle is no JSON: ${explain(error)}`);
  }
  const parsed = bundleManifest.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new BundleError(
      `${MANIFEST_FILE} of the bundle is not as this version knows it: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const seen = new Set<string>();
  for (const { path } of parsed.data.files) {
    if (seen.has(path)) throw new BundleError(`${MANIFEST_FILE} of the bundle names ${path} twice`);
    seen.add(path);
  }
  return parsed.data;
}

/** A relative path that stays where it begins, written in the one way there is to write it. */
function isPlainPath(path: string): boolean {
  const isOdd = [...path].some((letter) => letter < ' ' || letter === '\\' || letter === '\u007f');
  return !isOdd && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}
