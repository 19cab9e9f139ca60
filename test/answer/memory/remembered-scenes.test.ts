import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RememberedScenes, type RememberedScenesOptions } from '../../../src/answer/memory/remembered-scenes.js';
import { BLOCKS } from '../../../src/answer/scene/grid.js';
import { Cache } from '../../../src/cache/cache.js';
import { cacheOn, freshFile } from '../../cache/parts.js';
import { needs } from '../../optional.js';
import { boxes, changed, HEIGHT, pixelsOf, signatureOf, simulated, Watcher, WIDTH, withBox } from '../pictures.js';

const onDisk = needs('better-sqlite3', test);
const NOON = Date.UTC(2026, 5, 1, 12);
const PARKED = [400, 200, 440, 230] as const;

const road = simulated('traffic=empty&trees=0&fps=10');
const watcher = new Watcher();
for (let i = 0; i < 60; i++) watcher.see(signatureOf(pixelsOf(road, i)));
const empty = (index = 60) => signatureOf(pixelsOf(road, index));
const parked = (index = 60) => signatureOf(withBox(pixelsOf(road, index), PARKED, 60));

function scenesIn(cache: Cache, options: Partial<RememberedScenesOptions> = {}): RememberedScenes {
  const who = { camera: 'north', model: 'roadside-n', variant: 'int8', sourceWidth: WIDTH, sourceHeight: HEIGHT };
  const scenes = new RememberedScenes({ ...who, cache, background: watcher.background, maxScenes: 100, ...options });
  scenes.start();
  return scenes;
}

/** A picture that looks like no other with another number: a bright bar somewhere. */
function other(n: number) {
  const at = 60 + n * 40;
  return signatureOf(withBox(pixelsOf(road, 60), [at, 150, at + 30, 340], 240));
}

test('a scene that comes again is recalled with its answer, its age and its origin', () => {
  const scenes = scenesIn(new Cache());
  const id = scenes.remember(parked(), boxes(PARKED), NOON);
  const recalled = scenes.recall(parked(300), NOON + 60_000)!;
  assert.is(recalled.id, id);
  assert.is(recalled.origin, 'reused-memory');
  assert.is(recalled.inferredAt, NOON);
  assert.equal([...recalled.detections.data.slice(0, 4)], [...PARKED]);
  assert.ok(recalled.distance < 1);
});

test('with the parked car and without are two scenes', () => {
  const scenes = scenesIn(new Cache());
  scenes.remember(parked(), boxes(PARKED), NOON);
  assert.is(scenes.recall(empty(), NOON), null);
  scenes.remember(empty(), boxes(), NOON);
  assert.is(scenes.recall(empty(70), NOON)!.detections.count, 0);
  assert.is(scenes.recall(parked(70), NOON)!.detections.count, 1);
});

test('a scene is recalled in other light, but not by night', () => {
  const scenes = scenesIn(new Cache());
  scenes.remember(empty(), boxes(), NOON);
  const lit = (gain: number) => signatureOf(changed(pixelsOf(road, 61), (was) => was * gain));
  assert.ok(scenes.recall(lit(0.8), NOON));
  assert.is(scenes.recall(lit(0.15), NOON), null);
});

onDisk('after a restart a scene is found on disk, and from then on in memory', () => {
  const file = freshFile();
  const first = cacheOn(file);
  const before = scenesIn(first);
  before.remember(parked(), boxes(PARKED), NOON);
  before.stop();
  first.stop();
  const second = cacheOn(file);
  const after = scenesIn(second);
  assert.is(after.recall(parked(61), NOON)!.origin, 'reused-disk');
  assert.is(after.recall(parked(62), NOON)!.origin, 'reused-memory');
  assert.is(after.count, 1);
  second.stop();
});

onDisk('without a proper stop the index is at most a second behind', () => {
  const file = freshFile();
  const first = cacheOn(file);
  const before = scenesIn(first);
  before.remember(empty(), boxes(), NOON);
  before.remember(parked(), boxes(PARKED), NOON + 500);
  before.recall(other(1), NOON + 1500);
  first.flush();
  const second = cacheOn(file);
  assert.is(scenesIn(second).count, 2);
  second.stop();
  first.stop();
});

onDisk('a new variant, another camera and another picture size are never served these scenes', () => {
  const file = freshFile();
  const first = cacheOn(file);
  const before = scenesIn(first);
  before.remember(empty(), boxes(), NOON);
  before.stop();
  first.stop();
  const second = cacheOn(file);
  for (const foreign of [{ variant: 'fp32' }, { camera: 'south' }, { sourceWidth: 1280, sourceHeight: 720 }]) {
    assert.is(scenesIn(second, foreign).recall(empty(61), NOON), null);
  }
  assert.ok(scenesIn(second).recall(empty(61), NOON));
  second.stop();
});

test('scenes end with their camera, model or light', () => {
  const cache = new Cache();
  const tags: string[] = [];
  for (const tag of ['camera:north', 'model:roadside-n@int8', 'light:bright-12', 'light:dull-12', 'light:dim-12']) {
    const scenes = scenesIn(cache);
    scenes.remember(empty(), boxes(), new Date(2026, 5, 1, 13).getTime());
    cache.invalidateByTags([tag]);
    if (scenes.recall(empty(61), NOON) === null) {
      assert.is(scenes.count, 0);
      tags.push(tag.replace(/bright|dull|dim/, 'some'));
    }
    scenes.stop();
  }
  assert.equal(tags, ['camera:north', 'model:roadside-n@int8', 'light:some-12']);
});

test('a scene that was found wrong is not served again', () => {
  const scenes = scenesIn(new Cache());
  const id = scenes.remember(empty(), boxes(), NOON)!;
  assert.is(scenes.forget(id), true);
  assert.is(scenes.recall(empty(61), NOON), null);
  assert.is(scenes.forget(id), false);
  assert.is(scenes.count, 0);
});

test('a scene that shows the same renews the older one, at most once a minute', () => {
  const scenes = scenesIn(new Cache());
  const first = scenes.remember(empty(), boxes(), NOON);
  assert.is(scenes.remember(empty(61), boxes(), NOON + 30_000), first);
  assert.is.not(scenes.remember(empty(62), boxes(), NOON + 61_000), first);
  assert.is(scenes.recall(empty(63), NOON + 61_000)!.inferredAt, NOON + 61_000);
  assert.is(scenes.count, 1);
});

test('where there is no room the scene that was useful longest ago goes', () => {
  const scenes = scenesIn(new Cache(), { maxScenes: 3 });
  for (const n of [1, 2, 3]) scenes.remember(other(n), boxes(), NOON + n);
  assert.ok(scenes.recall(other(1), NOON + 700_000));
  scenes.remember(other(4), boxes(), NOON + 700_001);
  assert.is(scenes.recall(other(2), NOON + 700_002), null);
  for (const n of [1, 3, 4]) assert.ok(scenes.recall(other(n), NOON + 700_002), `${n}`);
  assert.is(scenes.count, 3);
});

test('values in the cache that are no scenes are ignored and gone', () => {
  const key = 'scene/north/roadside-n@int8/640x360/0';
  const good = new Cache();
  scenesIn(good).remember(parked(), boxes(PARKED), NOON);
  const record = good.get<Uint8Array>(key)!;
  const with_ = (offset: number, value: number) => {
    const bytes = record.slice();
    new DataView(bytes.buffer).setFloat32(record.length - 24 + offset, value, true);
    return bytes;
  };
  const foreign = [
    { a: 'scene' },
    'text',
    new Float32Array(900),
    record.slice(0, 100),
    record.slice(0, -1),
    with_(0, Number.NaN),
    with_(0, 9999),
    with_(16, 7),
    with_(20, 0.5),
  ];
  for (const value of foreign) {
    const cache = new Cache();
    const scenes = scenesIn(cache);
    scenes.remember(parked(), boxes(PARKED), NOON);
    cache.set(key, value);
    assert.is(scenes.recall(parked(61), NOON), null);
    assert.equal([scenes.count, cache.has(key)], [0, false]);
  }
});

test('an index that is none is ignored', () => {
  for (const value of ['text', new Uint8Array(50), { pages: 1 }]) {
    const cache = new Cache();
    cache.set('scene/north/roadside-n@int8/640x360/index/0', value);
    const scenes = scenesIn(cache);
    assert.is(scenes.count, 0);
    scenes.remember(empty(), boxes(), NOON);
    assert.ok(scenes.recall(empty(61), NOON));
  }
});

test('no scenes are kept where none are wanted', () => {
  const scenes = scenesIn(new Cache(), { maxScenes: 0 });
  assert.is(scenes.remember(empty(), boxes(), NOON), null);
  assert.is(scenes.recall(empty(), NOON), null);
});

test('a scene takes less than 3 kB of the cache with ten vehicles', () => {
  const cache = new Cache();
  const ten = boxes(...Array.from({ length: 10 }, (_, i) => [i * 10, 10, i * 10 + 8, 20] as const));
  scenesIn(cache).remember(empty(), ten, NOON);
  const bytes = cache.get<Uint8Array>('scene/north/roadside-n@int8/640x360/0')!.length;
  assert.is(bytes, 20 + BLOCKS + 288 + 240);
});

test.run();
