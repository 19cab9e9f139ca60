import sharp from 'sharp';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EdgeError } from '../../../src/foundation/errors.js';
import { Compressor } from '../../../src/media/compression/compressor.js';
import { likenessOf } from '../../../src/media/compression/likeness.js';
import { COMPRESSED_FORMATS } from '../../../src/media/compression/wish.js';
import { decodeOwn } from '../../../src/media/image.js';
import { roadPictures } from './simulated-road.js';

const pictures = await roadPictures('sim://road?seed=3&traffic=mixed', 16, 12);
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

test('once a camera is known, nine pictures in ten are as wished in one encode', async () => {
  const compressor = new Compressor();
  const seen = pictures.filter((one) => one.regions.length > 0);
  const made = [];
  for (const one of seen) {
    made.push(
      await compressor.compress('a', one.picture, { likeness: 0.96, regions: one.regions, formats: ['jpeg', 'webp'] }),
    );
  }
  const later = made.slice(4);
  const alike = later.filter(({ isAlike }) => isAlike).length;
  const atOnce = later.filter(({ encodes }) => encodes === 1).length;
  assert.ok(later.length >= 10 && alike === later.length, `${alike} of ${later.length} alike`);
  assert.ok(atOnce >= 0.8 * later.length, `${atOnce} of ${later.length} in one encode`);
  const { pictures: count, encodes, atOnce: counted, saved } = compressor.counts;
  assert.is(count, made.length);
  assert.ok(counted >= atOnce && encodes >= count && saved! > 0.2, String(saved));
});

test('less detail around vehicles saves bytes, and leaves the vehicles as they are', async () => {
  const of = (background: 'whole' | 'half' | 'quarter') =>
    new Compressor().compress('a', picture, { likeness: 0.95, regions, background });
  const [whole, half, quarter] = [await of('whole'), await of('half'), await of('quarter')];
  assert.ok(half.bytes.length < 0.95 * whole.bytes.length && quarter.bytes.length < half.bytes.length);
  assert.ok(Math.abs(half.likeness - whole.likeness) < 0.01);
});

test('where bytes are short the background goes before the vehicles do', async () => {
  const made = await new Compressor().compress('a', picture, { maxBytes: 12_000, regions, background: 'whole' });
  assert.ok(made.bytes.length <= 12_000);
  assert.is.not(made.background, 'whole');
  assert.is(
    (await new Compressor().compress('a', picture, { maxBytes: 200_000, regions, background: 'whole' })).background,
    'whole',
  );
});

test('the highest quality is not passed, and what is drawn over a picture is in it', async () => {
  const compressor = new Compressor();
  const low = await compressor.compress('a', picture, { likeness: 0.99, regions, maxQuality: 30 });
  assert.ok(low.quality <= 30 && !low.isAlike);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#f00"/></svg>`;
  const { bytes, isMeasured } = await compressor.compress('a', picture, { likeness: 0.9, overlay: svg });
  const { data } = await decodeOwn(bytes);
  assert.ok(data[0]! > 240 && data[1]! < 12 && !isMeasured);
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
