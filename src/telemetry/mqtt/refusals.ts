import type { Birth } from './birth.js';
import type { Acceptance } from './mqtt.js';
import type { LearnedLimits } from './publish-limits.js';

export interface RefusalFacts {
  /** What was dropped during this connection, in words. */
  readonly complaints: readonly string[];
  readonly learned: LearnedLimits;
  /** null while there is no connection. */
  readonly acceptance: Acceptance | null;
  /** What the birth of this connection lacks; null where there was none. */
  readonly birthOmitted: Birth['omitted'] | null;
  readonly willIsWhole: boolean;
}

/** What the broker does not take of all that a device has to say, for people; empty where it takes everything. */
export function refusalsOf({ complaints, learned, acceptance, birthOmitted, willIsWhole }: RefusalFacts): string[] {
  const { bytes, topics } = learned;
  const said = [...complaints];
  if (bytes !== null) said.push(`the broker takes no message of ${bytes} bytes or more: raise its limit`);
  for (const topic of topics) {
    said.push(`the broker ends the connection at every message to ${topic}: may this user publish there?`);
  }
  if (acceptance === null) return said;
  if (birthOmitted === null) said.push('the broker has no birth message: nobody is told that the device is there');
  else if (birthOmitted.length > 0) said.push(`the birth message lacks ${birthOmitted.join(', ')}`);
  if (!acceptance.retains) said.push('the broker retains nothing: who subscribes later hears no status and no alerts');
  if (!willIsWhole) said.push('the broker took no whole last will: that the device is gone may not be told');
  return said;
}
