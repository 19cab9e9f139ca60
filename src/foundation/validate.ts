import { isIPv4 } from 'node:net';
import { distance } from 'fastest-levenshtein';
import { z } from 'zod';

export { z };

/** Whether a host to listen on or to talk to is this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|::1)$/i.test(host) || (host.startsWith('127.') && isIPv4(host));
}

/** The known word nearest to a misspelled one, if it is near enough to be what was meant. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(word.length / 3)) + 1;
  for (const candidate of known) {
    const d = distance(word.toLowerCase(), candidate.toLowerCase());
    if (d < bestDistance) [best, bestDistance] = [candidate, d];
  }
  return best;
}
