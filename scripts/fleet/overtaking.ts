import type { Random } from '../../src/simulator/random.js';
import type { SentMessage } from './sent-message.js';

interface Numbered {
  readonly ts: number;
  readonly stream: string;
  readonly n: number;
  readonly historical?: true;
}

/**
 * Lets some events overtake the one before: two that were made at the same time, in the same connection.
 *
 * @param share of such pairs
 * @returns how many messages come behind one with a higher number then
 */
export function overtaking(sent: SentMessage[], random: Random, share: number): number {
  const seen = new Set<string>();
  let outOfOrder = 0;
  for (let at = 0; at + 1 < sent.length; at++) {
    const [first, second] = [sent[at]!, sent[at + 1]!];
    if (!isEvent(first) || !isEvent(second)) continue;
    const [one, other] = [JSON.parse(first.payload), JSON.parse(second.payload)] as [Numbered, Numbered];
    const keys = [one, other].map(({ stream, n }) => `${stream} ${n}`);
    // of what comes twice the second one says nothing
    const areNew = keys.every((key) => !seen.has(key)) && one.n < other.n;
    seen.add(keys[0]!);
    const areAlike = one.ts === other.ts && one.stream === other.stream && one.historical === other.historical;
    if (!areNew || !areAlike || random.next() >= share) continue;
    sent[at] = { ...second, at: first.at };
    sent[at + 1] = { ...first, at: second.at };
    seen.add(keys[1]!);
    outOfOrder++;
    at++;
  }
  return outOfOrder;
}

const isEvent = ({ topic }: SentMessage): boolean => topic.includes('/event/');
