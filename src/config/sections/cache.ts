import { z } from '../../foundation/validate.js';
import { flag, int } from '../key-types.js';

/** `cache`: the device's one cache. */
export const cache = z.strictObject({
  memoryBytes: int(65_536, 2 ** 40, { unit: 'bytes', description: 'Budget of the memory tier.' }).default(16 * 2 ** 20),
  strategy: z
    .enum(['lru', 'lfu', 'fifo', 'ttl'])
    .default('lfu')
    .meta({ description: 'What leaves a full memory tier first; lfu resists scans.' }),
  disk: flag({
    description: 'Keep a second tier in SQLite under store.dir, so that a restarted device starts warm.',
  }).default(true),
  diskBytes: int(2 ** 20, 2 ** 50, { unit: 'bytes', description: 'Budget of the disk tier.' }).default(256 * 2 ** 20),
  shareInvalidations: flag({
    description: 'Tell the other devices of the site over MQTT which tags were invalidated here, and follow theirs.',
  }).default(false),
});
