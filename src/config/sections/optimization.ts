import { z } from '../../foundation/validate.js';
import { flag, int } from '../key-types.js';

/** `optimization`: which strategies look for something better, and how often. */
export const optimization = z.strictObject({
  everyS: int(5, 86_400, {
    unit: 's',
    description: 'How often every strategy that is on is asked what would help; heat and overload do not wait for it.',
  }).default(300),
  cache: flag({
    description:
      "Try what leaves the cache's memory first, and how much memory it has, where simulations say that it pays.",
  }).default(true),
  cacheMaxBytes: int(0, 2 ** 40, {
    unit: 'bytes',
    description:
      'How far the memory tier of the cache may grow from cache.memoryBytes where that pays; less than that: not at all.',
  }).default(64 * 2 ** 20),
  model: flag({ description: 'Move model, variant and input size.' }).default(true),
  batching: flag({ description: 'Move batch size and batch window.' }).default(true),
  scheduling: flag({ description: 'Move workers, threads and the inference interval.' }).default(true),
  compression: flag({
    description:
      'Move the quality of pictures, where tune.maxUplinkMbPerDay bounds the uplink, and how much of a core goes into compressing each.',
  }).default(true),
  database: flag({
    description:
      "Count what the program's own databases are asked, and try indexes, statistics and page caches where that pays; never on a database of others.",
  }).default(true),
  databaseMmapMaxBytes: int(0, 2 ** 40, {
    unit: 'bytes',
    description:
      'How large a database may be that is tried mapped into memory; 0: none is, as an error of the medium ends the program then.',
  }).default(0),
});
