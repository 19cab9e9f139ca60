import type { RouteRequest } from '../../src/foundation/http-route.js';

/** A request without places, body or headers, for a route that looks at none. */
export const PLAIN_REQUEST: RouteRequest = {
  params: {},
  body: undefined,
  header: () => undefined,
  signal: new AbortController().signal,
};
