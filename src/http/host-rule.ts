import { isLoopback } from '../foundation/validate.js';

/**
 * Whether a request without a token may be answered, by the host that it was sent to. A page of others can have its own name
 * point to this machine (DNS rebinding): the browser then takes what is served here for a part of that page. The name in the
 * request is still the page's.
 *
 * @param header `Host`: a name or address, with a port or without
 * @param listening what the configuration says to listen on
 */
export function isOwnHost(header: string, listening: string): boolean {
  const host = header.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  const name = host.toLowerCase().replace(/\.$/, '');
  return isLoopback(name) || name.endsWith('.localhost') || name === listening.toLowerCase();
}
