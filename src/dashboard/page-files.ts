import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HttpReply, HttpRoute, RouteRequest } from '../foundation/http-route.js';

/** Beside the compiled module, by scripts/dashboard.mjs. */
const BUILT = fileURLToPath(new URL('page', import.meta.url));

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
  readonly encoded: Readonly<Record<'br' | 'gzip' | 'identity', Uint8Array<ArrayBuffer> | null>>;
}

const NOT_BUILT: HttpReply = {
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  body: 'The pages were not built: `npm run build` makes them. What they would show is at /api/v1/openapi.json.\n',
};

/** The built pages, all of them in memory: some hundred kilobytes. They hold nothing of the device, and need no token. */
export function pageRoutes(folder = BUILT): HttpRoute[] {
  const files = existsSync(join(folder, 'index.html')) ? readFiles(folder) : new Map<string, PageFile>();
  const index = files.get('index.html');
  const home: HttpRoute = {
    path: '/',
    openTo: 'public',
    handle: (_query, _viewer, request) => (index === undefined ? NOT_BUILT : replyWith(index, request)),
  };
  const others = [...files].filter(([name]) => name !== 'index.html');
  return [
    home,
    ...others.map(
      ([name, file]): HttpRoute => ({
        path: `/${name}`,
        openTo: 'public',
        handle: (_query, _viewer, request) => replyWith(file, request),
      }),
    ),
  ];
}

function readFiles(folder: string): Map<string, PageFile> {
  const names = readdirSync(folder).filter((name) => extname(name) in TYPES);
  return new Map(names.map((name) => [name, readPageFile(folder, name)]));
}

function readPageFile(folder: string, name: string): PageFile {
  const read = (suffix: string): Uint8Array<ArrayBuffer> | null => {
    const path = join(folder, `${name}${suffix}`);
    return existsSync(path) ? new Uint8Array(readFileSync(path)) : null;
  };
  const identity = read('')!;
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
  if (encoding === undefined) return { contentType, headers, body: encoded.identity! };
  return { contentType, headers: { ...headers, 'content-encoding': encoding }, body: encoded[encoding]! };
}
