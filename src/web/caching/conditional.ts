import type { WebRequest } from '../web-request.js';

/** Headers by which a client says what it has already. */
export const CONDITIONAL_HEADERS: readonly string[] = ['if-none-match', 'if-modified-since'];

/** Headers of a request that are about what the client has, and that a new response for everybody is made without. */
export const OF_ONE_CLIENT: readonly string[] = [...CONDITIONAL_HEADERS, 'cache-control', 'pragma'];

/**
 * Whether the client has what it would get: `If-None-Match` by weak comparison, or else `If-Modified-Since` (RFC 9110, 13).
 *
 * @param etag of what it would get, and `lastModified`; undefined where it has none
 */
export function isNotModified(
  request: WebRequest,
  etag: string | undefined,
  lastModified: string | undefined,
): boolean {
  const known = request.header('if-none-match');
  if (known !== undefined) return etag !== undefined && (known.trim() === '*' || lists(known, etag));
  const since = request.header('if-modified-since');
  if (since === undefined || lastModified === undefined) return false;
  return Date.parse(lastModified) <= Date.parse(since);
}

const ENTITY_TAG = /(?:W\/)?("[^"]*")/g;
const strong = (tag: string): string => (tag.startsWith('W/') ? tag.slice(2) : tag);

function lists(header: string, etag: string): boolean {
  const wanted = strong(etag);
  for (const [, tag] of header.matchAll(ENTITY_TAG)) if (tag === wanted) return true;
  return false;
}

/** What a 304 carries of the headers of the response that it stands for (RFC 9110, 15.4.5). */
const SENT_WITH_304 = ['cache-control', 'content-location', 'date', 'etag', 'expires', 'vary', 'last-modified'];

/** Whether a header of a response belongs to a 304 in its place; those that tell of the content do not. */
export function belongsTo304(name: string): boolean {
  return SENT_WITH_304.includes(name) || !name.startsWith('content-');
}
