import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EdgeError } from '../../../src/foundation/errors.js';
import { Compressor } from '../../../src/media/compression/compressor.js';
import { likenessOf } from '../../../src/media/compression/likeness.js';
import { COMPRESSED_FORMATS } from '../../../src/media/compression/wish.js';
import { decodeOwn } from '../../../src/media/image.js';
import { roadPictures } from './simulated-road.js';

const pictures = await roadPictures('sim://road?seed=3&traffic=rush', 4);
const [{ picture, regions }] = [pictures[0]!];

test('a picture has no more bytes than wished, and is whole, in every format', async () => {
  const compressor = new Compressor();
  for (const format of COMPRESSED_FORMATS) {
    const made = await compressor.compress('a', picture, { maxBytes: 20_000, formats: [format], effort: 2, regions });
    const { width, height, format: found } = await sharp(made.bytes).metadata();
    assert.equal([width, height, made.contentType], [picture.width, picture.height, `image/${format}`]);
    assert.is(found, format === 'avif' ? 'heif' : format);
    assert.ok(made.bytes.length <= 20_000 && made.bytes.length > 8000, `${format}: ${made.bytes.length}`);
  }
});

test('vehicles are as alike to the original as wished, and the rest of the picture is less so', async () => {
  const made = await new Compressor().compress('a', picture, { likeness: 0.95, regions });
  const decoded = await decodeOwn(made.bytes);
  const found = likenessOf(picture, decoded, regions);
  assert.ok(made.isAlike && found >= 0.945 && found < 0.975, String(found));
  assert.ok(likenessOf(picture, decoded, []) < found);
});

test('more bytes than allowed are an error that says how many there are at least', async () => {
  const failed = await new Compressor().compress('a', picture, { maxBytes: 500 }).catch((error: unknown) => error);
  assert.instance(failed, EdgeError);
  const { code, context } = failed as EdgeError;
  assert.is(code, 'E_OUTPUT');
  assert.ok(Number(context['leastBytes']) > 500);
});

test('what cannot be meant is refused before anything is encoded', async () => {
  const compressor = new Compressor();
  const refused = async (wish: object, message: RegExp, data = picture.data) => {
    const error: unknown = await compressor
      .compress('a', { ...picture, data }, wish)
      .catch((thrown: unknown) => thrown);
    assert.match(String(error), message);
  };
  await refused({}, /expected maxBytes or likeness/);
  await refused({ likeness: 1 }, /below 1, got 1/);
  await refused({ maxBytes: -1 }, /maxBytes/);
  await refused({ maxBytes: 1000, formats: [] }, /at least one/);
  await refused({ maxBytes: 1000, formats: ['gif'] }, /got gif/);
  await refused({ maxBytes: 1000, regions: [[0, 0, Number.NaN, 4]] }, /regions/);
  await refused({ maxBytes: 1000 }, /bytes for 640/, picture.data.subarray(1));
});

test.run();
