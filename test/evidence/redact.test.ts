import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { NewPicture } from '../../src/evidence/chain/new-record.js';
import { StillCandidates } from '../../src/evidence/stills/candidates.js';
import type { StillPixels } from '../../src/evidence/stills/crop.js';
import type { FoundPerson } from '../../src/evidence/stills/person-finder.js';
import { blurAround, blurBox } from '../../src/evidence/stills/redact.js';
import { type ContextPicture, StillPictures } from '../../src/evidence/stills/still-pictures.js';
import { inRgb } from '../../src/frame/camera-pixels.js';
import { seeded } from '../seeded.js';
import { sighting } from './sightings.js';

const [WIDTH, HEIGHT] = [120, 80];

function noise() {
  const random = seeded(3);
  return { width: WIDTH, height: HEIGHT, data: Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, () => random() * 256) };
}

const pixelsIn = (
  { width, data }: { width: number; data: Uint8Array },
  [x1, y1, x2, y2]: readonly number[],
): string[] => {
  const found: string[] = [];
  for (let y = y1!; y < y2!; y++)
    for (let x = x1!; x < x2!; x++) found.push([...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)].join());
  return found;
};

test('of a person nothing is left but a few even tiles, and what is elsewhere stays', () => {
  const [before, picture] = [noise(), noise()];
  blurBox(picture, [40, 20, 60, 60]);
  assert.ok(new Set(pixelsIn(picture, [40, 20, 60, 60])).size <= 20);
  assert.equal(pixelsIn(picture, [70, 0, 120, 80]), pixelsIn(before, [70, 0, 120, 80]));
  const outside = noise();
  blurBox(outside, [-20, -20, 200, 200]);
  assert.ok(new Set(pixelsIn(outside, [0, 0, WIDTH, HEIGHT])).size <= 36);
});

test('all but the vehicle can be blurred', () => {
  const [before, picture] = [noise(), noise()];
  blurAround(picture, [30, 20, 90, 60]);
  assert.equal(pixelsIn(picture, [30, 20, 90, 60]), pixelsIn(before, [30, 20, 90, 60]));
  assert.ok(new Set(pixelsIn(picture, [0, 0, WIDTH, 20])).size <= 60);
});

/** What would be written, with pixels in place of bytes of a picture. */
async function made(
  options: { persons?: 'blur' | 'keep'; knows?: boolean | null; find?: () => Promise<FoundPerson[]> } = {},
) {
  const { persons = 'blur', knows = true, find = async () => [] } = options;
  const failures: string[] = [];
  const candidates = new StillCandidates();
  const [frame, result] = sighting(1, [60, 20, 100, 60], { width: WIDTH, height: HEIGHT });
  candidates.see(frame, result);
  const context: ContextPicture = {
    ...noise(),
    frame: 1,
    capturedAt: 1,
    sourceWidth: WIDTH,
    sourceHeight: HEIGHT,
  };
  const stills = new StillPictures({
    persons,
    finder: { knowsPersons: knows, find },
    encode: async ({ data }): Promise<Pick<NewPicture, 'format' | 'data'>> => ({ format: 'jpg', data: data.slice() }),
    failed: (reason) => failures.push(reason),
  });
  const material = { context, best: candidates.best(1), box: [60, 20, 100, 60] as const };
  const { pictures, privacy } = await stills.make(material, 0, () => 2 ** 20);
  return { pictures, privacy, failures, again: () => stills.make(material, 0, () => 2 ** 20) };
}

test('persons are blurred before anything is encoded, in the whole picture and in the crop', async () => {
  const { pictures, privacy } = await made({ find: async () => [{ box: [5, 5, 25, 45], score: 0.5 }] });
  assert.equal(privacy, { persons: 'blurred', found: 2, masks: 0 });
  const [context, crop] = pictures;
  assert.equal([context!.role, crop!.role], ['context', 'crop']);
  for (const { width, data } of pictures) assert.ok(new Set(pixelsIn({ width, data }, [5, 5, 25, 45])).size <= 20);
});

test('on the vehicle itself only who is surely a person is blurred', async () => {
  const found = async (score: number): Promise<number> =>
    (await made({ find: async () => [{ box: [65, 22, 95, 58], score }] })).privacy.found;
  // in the crop the same box lies elsewhere
  assert.equal([await found(0.1), await found(0.5)], [1, 2]);
});

test('a frame that several events share is looked at once', async () => {
  let looks = 0;
  const { again } = await made({
    find: async () => {
      looks++;
      return [];
    },
  });
  await again();
  assert.is(looks, 3, 'the whole picture once, the crop with each');
});

test('who may be kept is kept, a model that knows no persons says so, and where nobody can look all around the vehicle is blurred', async () => {
  const before = noise();
  const kept = await made({ persons: 'keep', find: async () => [{ box: [0, 0, 120, 80], score: 0.9 }] });
  assert.equal([kept.privacy.persons, kept.pictures[0]!.data], ['kept', before.data]);
  const unknown = await made({ knows: false });
  assert.equal([unknown.privacy.persons, unknown.pictures[0]!.data], ['unknown', before.data]);
  const blind = await made({ find: () => Promise.reject(new Error('no worker')) });
  assert.is(blind.privacy.persons, 'all-but-vehicle');
  assert.equal(blind.failures, ['no worker', 'no worker']);
  const { width, data } = blind.pictures[0]!;
  assert.ok(new Set(pixelsIn({ width, data }, [0, 0, 60, 20])).size <= 40);
  assert.equal(pixelsIn({ width, data }, [60, 20, 100, 60]), pixelsIn(before, [60, 20, 100, 60]));
});

test('of pictures in I420 persons are blurred in RGB24, and what the camera made stays for other events', async () => {
  const random = seeded(4);
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * 1.5 }, () => random() * 256);
  const context = {
    ...{ width: WIDTH, height: HEIGHT, yuv: 'i420-bt709' as const, data: data.slice() },
    ...{ frame: 1, capturedAt: 1, sourceWidth: WIDTH, sourceHeight: HEIGHT },
  };
  const candidates = new StillCandidates();
  const [frame, result] = sighting(1, [60, 20, 100, 60], { width: WIDTH, height: HEIGHT });
  candidates.see({ ...frame, yuv: context.yuv, data: context.data }, result);
  const encoded: StillPixels[] = [];
  const stills = new StillPictures({
    persons: 'blur',
    finder: {
      knowsPersons: true,
      find: async ({ width }) => (width === WIDTH ? [{ box: [5, 5, 25, 45], score: 0.9 }] : []),
    },
    encode: async (picture) => {
      encoded.push(picture);
      return { format: 'jpg', data: picture.data };
    },
    failed: (reason) => assert.unreachable(reason),
  });
  await stills.make({ context, best: candidates.best(1), box: [60, 20, 100, 60] }, 0, () => 2 ** 20);
  assert.equal([encoded.length, context.data], [2, data]);
  const whole = inRgb(context);
  assert.ok(new Set(pixelsIn(encoded[0]!, [5, 5, 25, 45])).size <= 20);
  assert.equal(pixelsIn(encoded[0]!, [60, 20, 100, 60]), pixelsIn(whole, [60, 20, 100, 60]));
  const { crop } = candidates.best(1)!;
  assert.equal([encoded[1]!.width, encoded[1]!.data.length], [crop.width, crop.width * crop.height * 3]);
  const at = [60, 20, 100, 60].map((edge, i) => edge - (i % 2 === 0 ? crop.left : crop.top));
  assert.equal(pixelsIn(encoded[1]!, at), pixelsIn(whole, [60, 20, 100, 60]));
});

test.run();
