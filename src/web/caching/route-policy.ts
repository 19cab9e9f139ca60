import { isCacheName, MAX_TAG_LENGTH } from '../../cache/tags.js';

/** What a route says of the caching of its responses, besides what these say themselves. Times in ms. */
export interface RoutePolicy {
  /** How long a response is fresh that names no time itself (`s-maxage`, `max-age`, `Expires`). Clients are not told of it. */
  readonly ttl?: number;
  /** How long after that the old response is served while the route makes a new one in the background. */
  readonly staleWhileRevalidate?: number;
  /** How long after that the old response is served where the route fails. */
  readonly staleIfError?: number;
  /** Names under which the responses can be invalidated; besides those of their `Cache-Tag` header. At most 32. */
  readonly tags?: readonly string[];
  /** The responses are the same for everybody: `Authorization` and `Cookie` of requests are no reason not to keep them. */
  readonly sameForAll?: boolean;
  /** Nothing of this route is kept. */
  readonly never?: boolean;
}

const TIMES = ['ttl', 'staleWhileRevalidate', 'staleIfError'] as const;
const KNOWN: readonly string[] = [...TIMES, 'tags', 'sameForAll', 'never'];
const MOST_TAGS = 32;

/**
 * The policy, checked when the route is made rather than when it is asked.
 *
 * @throws RangeError with every problem
 */
export function checkedPolicy(policy: RoutePolicy): RoutePolicy {
  const problems = Object.keys(policy)
    .filter((name) => !KNOWN.includes(name))
    .map((name) => `${name}: unknown, expected some of ${KNOWN.join(', ')}`);
  for (const name of TIMES) {
    const value = policy[name];
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      problems.push(`${name}: expected ms of at least 0, got ${String(value)}`);
    }
  }
  const tags = policy.tags ?? [];
  if (tags.length > MOST_TAGS) problems.push(`tags: expected at most ${MOST_TAGS}, got ${tags.length}`);
  for (const tag of tags) {
    if (!isTag(tag))
      problems.push(`tags: expected texts of 1 to ${MAX_TAG_LENGTH} characters, got ${JSON.stringify(tag)}`);
  }
  if (problems.length > 0) throw new RangeError(`the route cannot be cached so:\n  ${problems.join('\n  ')}`);
  return policy;
}

/** The tags of a response: those of its route and those that its `Cache-Tag` header lists; what cannot be a tag is left out. */
export function tagsOf(policy: RoutePolicy | null, header: string | undefined): readonly string[] {
  const own = policy?.tags ?? [];
  if (header === undefined) return own;
  const named = header.split(',').map((tag) => tag.trim());
  return [...new Set([...own, ...named.filter(isTag)])].slice(0, MOST_TAGS);
}

function isTag(tag: unknown): tag is string {
  return isCacheName(tag, MAX_TAG_LENGTH);
}
