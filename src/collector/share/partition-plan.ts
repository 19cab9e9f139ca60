/** Devices are dealt out by this many parts: few enough to lock each, many enough that three collectors have as much each. */
export const PARTITIONS = 64;

/** Which part the device of a topic is in; what is of no device is in one too. */
export function partitionOf(topic: string): number {
  const [, , site = '', device = ''] = topic.split('/', 4);
  return hashOf(`${site}/${device}`) % PARTITIONS;
}

/**
 * The parts of one among several: each part is whose hash with it is the highest, so that only the parts of one who comes or goes
 * change hands.
 */
export function partitionsOf(name: string, members: readonly string[]): number[] {
  const parts: number[] = [];
  for (let part = 0; part < PARTITIONS; part++) {
    const score = (member: string): number => hashOf(`${part} ${member}`);
    const owner = members.reduce<string | null>((best, member) => {
      if (best === null) return member;
      const [mine, theirs] = [score(member), score(best)];
      return mine > theirs || (mine === theirs && member < best) ? member : best;
    }, null);
    if (owner === name) parts.push(part);
  }
  return parts;
}

/** FNV-1a, and stirred once more: names differ in their last character only. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
