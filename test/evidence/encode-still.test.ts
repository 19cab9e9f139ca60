import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeStill } from '../../src/evidence/stills/encode-still.js';
import { Compressor } from '../../src/media/compression/compressor.js';
import { likenessOf } from '../../src/media/compression/likeness.js';
import { decodeOwn } from '../../src/media/image.js';
import { sighting } from './sightings.js';

const [picture] = sighting(1, [60, 20, 200, 120]);
const box = [60, 20, 200, 120] as const;
const ways = { formats: ['jpeg'], maxQuality: 85 } as const;

test('a still has the bytes that it may, and no fewer than its vehicle takes to be told', async () => {
  const compressor = new Compressor();
  const free = await encodeStill(compressor, picture, [box], { ...ways, maxBytes: 2 ** 20 });
  const fitting = Math.round(free.data.length * 0.95);
  const smaller = await encodeStill(compressor, picture, [box], { ...ways, maxBytes: fitting });
  assert.ok(smaller.data.length <= fitting, `${smaller.data.length} of ${fitting}`);
  const least = await encodeStill(compressor, picture, [box], { ...ways, maxBytes: 500 });
  assert.ok(least.data.length > 500 && least.data.length <= free.data.length, `${least.data.length}`);
  const likeness = likenessOf(picture, await decodeOwn(Buffer.from(least.data)), [box]);
  assert.ok(likeness > 0.85, String(likeness));
  assert.is(least.format, 'jpg');
});

test.run();
