import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpReply, HttpRoute, RouteRequest } from '../foundation/http-route.js';

/** Beside the compiled module, by scripts/dashboard.mjs. */
const BUILT = fileURLToPath(new URL('page', import.meta.url));

/** The pages of a device, and those of a fleet; what they are made of is shared. */
const INDEXES = ['index.html', 'fleet.html'] as const;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/** Nothing of others, no script or style within the page, and no page of others around it. */
const POLICY = [
  "default-src 'self'",
  "img-src 'self' blob: data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const SAFE_HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** What is sent of a file, by the encoding that the browser takes. */
interface PageFile {
  readonly contentType: string;
  readonly etag: string;
  /** Names with a hash of their content never change. */
  readonly isForever: boolean;
  readonly encoded: Readonly<Record<'br' | 'gzip', Uint8Array<ArrayBuffer> | null>> & {
    readonly identity: Uint8Array<ArrayBuffer>;
  };
}

const NOT_BUILT: HttpReply = {
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  body: 'The pages were not built: `npm run build` makes them. What they would show is at /api/v1/openapi.json.\n',
};

/**
 * The built pages: some hundred kilobytes, each file in memory from when it is first asked for. They hold nothing of the device, and need
 * no token.
 *
 * @param index what is answered at `/`
 */
export function pageRoutes(folder = BUILT, index: (typeof INDEXES)[number] = 'index.html'): HttpRoute[] {
  const isOther = (name: string): boolean => INDEXES.some((one) => one === name && one !== index);
  const names = existsSync(join(folder, index))
    ? readdirSync(folder).filter((name) => extname(name) in TYPES && !isOther(name))
    : [index];
  return names.map((name): HttpRoute => {
    const file = once(() => readPageFile(folder, name));
    return {
      path: name === index ? '/' : `/${name}`,
      openTo: 'public',
      handle: (_query, _viewer, request) => {
        const found = file();
        return found === null ? NOT_BUILT : replyWith(found, request);
      },
    };
  });
}

/** Of what is not there yet it is asked again. */
function once<Value>(make: () => Value | null): () => Value | null {
  let made: Value | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** null where the file is not there. */
function readPageFile(folder: string, name: string): PageFile | null {
  const read = (suffix: string): Uint8Array<ArrayBuffer> | null => {
    const path = join(folder, `${name}${suffix}`);
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : null;
  };
  const identity = read('');
  if (identity === null) return null;
  return {
    contentType: TYPES[extname(name)]!,
    etag: `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`,
    isForever: /-[\w-]{8}\.\w+$/.test(name),
    encoded: { br: read('.br'), gzip: read('.gz'), identity },
  };
}

function replyWith({ contentType, etag, isForever, encoded }: PageFile, request: RouteRequest): HttpReply {
  const caching = {
    etag,
    'cache-control': isForever ? 'public, max-age=31536000, immutable' : 'no-cache',
    vary: 'accept-encoding',
  };
  const headers = { ...SAFE_HEADERS, ...caching };
  if (request.header('if-none-match') === etag) return { status: 304, contentType, headers, body: '' };
  const wanted = request.header('accept-encoding') ?? '';
  const encoding = (['br', 'gzip'] as const).find((one) => wanted.includes(one) && encoded[one] !== null);
  if (encoding === undefined) return { contentType, headers, body: encoded.identity };
  return { contentType, headers: { ...headers, 'content-encoding': encoding }, body: encoded[encoding]! };
}
