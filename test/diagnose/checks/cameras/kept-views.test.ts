import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { judgeView, KeptViews } from '../../../../src/diagnose/checks/cameras/kept-views.js';
import { silentLog } from '../../../../src/foundation/log.js';
import { ViewPicture } from '../../../../src/plausibility/view-picture.js';
import { HISTORY_MIGRATIONS } from '../../../../src/store/migrations.js';
import { StoreFile } from '../../../../src/store/store-file.js';
import { ViewReferences } from '../../../../src/store/view-references.js';
import { aimedRoad } from '../../../cli/aim/aimed-road.js';
import { needs } from '../../../optional.js';
import { temporaryFolder } from '../../../temporary.js';
import { codesOf, patientWith, wordsOf } from './patient.js';

const test = suite('kept views');
const HOUR = 490_000;
const road = await aimedRoad();
const [camera] = patientWith([{ id: 'north', url: 'rtsp://192.0.2.1/cam' }]).config.cameras;

/** What a camera shows that looks `right` and `down` in shares of the picture, in some other light. */
async function view({ right = 0, down = 0 } = {}, light: (picture: Sharp) => Sharp = (same) => same) {
  const { width, height, data } = road;
  const [across, high] = [Math.round(width * 0.8), Math.round(height * 0.8)];
  const cut = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract({
      left: Math.round(width * 0.1 + across * right),
      top: Math.round(height * 0.1 + high * down),
      width: across,
      height: high,
    })
    .raw()
    .toBuffer();
  const raw = await light(sharp(cut, { raw: { width: across, height: high, channels: 3 } }))
    .raw()
    .toBuffer();
  const picture = new ViewPicture();
  picture.add({ width: across, height: high, data: raw }, 1);
  return picture.bytes();
}

const yesterday = await view();
const kept = [25, 24, 23].map((ago) => ({ hour: HOUR - ago, picture: yesterday }));
const judged = async (now: Uint8Array, known = kept) => judgeView(camera!, { now, hour: HOUR }, known);

test('a camera that looks where it looked yesterday is not spoken of, in other light, rain or a little shaken', async () => {
  const lights: readonly ((picture: Sharp) => Sharp)[] = [
    (picture) => picture,
    (picture) => picture.linear(0.75, 0),
    (picture) => picture.linear(0.6, 80),
    (picture) => picture.blur(4),
    (picture) => picture.gamma(2.2),
  ];
  for (const light of lights) assert.equal(await judged(await view({}, light)), []);
  assert.equal(await judged(await view({ right: 0.01, down: 0.005 })), []);
});

test('a camera that was turned by more than a fiftieth of its picture is told with how far', async () => {
  const aside = await judged(await view({ right: 0.05 }));
  assert.equal(codesOf(aside), ['degraded camera-moved']);
  assert.equal(aside[0]?.values, { camera: 'north', hours: 24, percent: 5 });
  assert.match(wordsOf(aside[0]), 'edge-optimizer aim north');
  const down = await judged(await view({ down: -0.08 }, (picture) => picture.linear(0.8, 20)));
  assert.equal([down[0]?.code, down[0]?.values.percent], ['camera-moved', 8]);
});

test('another scene is another view; one reference that it fits is enough for it to be where it was', async () => {
  const mirrored = await view({}, (picture) => picture.flip().flop());
  assert.equal(codesOf(await judged(mirrored)), ['degraded camera-other-view']);
  assert.equal(await judged(mirrored, [...kept.slice(1), { hour: HOUR - 22, picture: mirrored }]), []);
});

test('by night nothing is judged, neither now nor against the pictures of a night; without yesterday there is nothing to say', async () => {
  const night = await view({ right: 0.1 }, (picture) => picture.linear(0.15, 0));
  assert.equal(codesOf(await judged(night)), ['unknown camera-view-unjudged']);
  const nights = kept.map(({ hour }) => ({ hour, picture: night }));
  assert.equal(codesOf(await judged(yesterday, nights)), ['unknown camera-view-unjudged']);
  assert.equal(await judged(yesterday, [{ hour: HOUR - 19, picture: await view({ right: 0.1 }) }]), []);
});

test('what is masked does not count', async () => {
  const half = await view({ right: 0.06 });
  const masks = [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ],
  ] as typeof camera extends { masks: infer M } | undefined ? M : never;
  assert.equal(codesOf(judgeView({ id: 'north', masks }, { now: half, hour: HOUR }, kept)), [
    'unknown camera-view-unjudged',
  ]);
});

needs('better-sqlite3', test)(
  'what the program keeps is read beside it, and the latest of an hour is what is there now',
  async () => {
    const folder = temporaryFolder('kept-views');
    const file = new StoreFile({
      what: 'the history',
      file: join(folder, 'history.db'),
      migrations: HISTORY_MIGRATIONS,
      log: silentLog,
    });
    const references = new ViewReferences(file);
    file.start();
    const now = Date.now();
    references.add('north', yesterday, now - 24 * 3_600_000);
    references.add('north', yesterday, now);
    references.add('north', await view({ right: 0.05 }), now);
    references.add('south', yesterday, now);
    file.stop();
    const views = new KeptViews(folder);
    assert.equal(codesOf(views.sinceYesterday(camera!, null)), ['degraded camera-moved']);
    assert.equal(views.sinceYesterday(camera!, yesterday), []);
    assert.equal(views.sinceYesterday({ ...camera!, id: 'south' }, yesterday), []);
    assert.equal(new KeptViews(join(folder, 'none')).sinceYesterday(camera!, yesterday), []);
  },
);

test.run();
