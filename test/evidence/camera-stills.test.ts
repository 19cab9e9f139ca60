import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../src/evidence/chain/canonical-json.js';
import { evidenceRecord } from '../../src/evidence/chain/record.js';
import { evidenceDraft } from '../../src/evidence/evidence-draft.js';
import { EvidenceQueue } from '../../src/evidence/evidence-queue.js';
import type { EvidenceDropCause } from '../../src/evidence/metrics.js';
import { CameraStills } from '../../src/evidence/stills/camera-stills.js';
import { crossing, infraction, sighting } from './sightings.js';

function stills({ kinds = ['crossed'], waitMs = 1000, maxPerMinute = 60 } = {}) {
  const drops: EvidenceDropCause[] = [];
  return { drops, it: new CameraStills({ kinds, waitMs, maxPerMinute, dropped: (cause) => drops.push(cause) }) };
}

test('an event waits for a better picture of its vehicle; its own frame is the context', () => {
  const { it } = stills();
  it.see(...sighting(1, [60, 20, 100, 60]));
  it.happened(crossing(2), 0);
  it.see(...sighting(2, [60, 30, 110, 80]));
  it.see(...sighting(8, [60, 30, 150, 120]));
  assert.equal(it.ripe(800), []);
  it.see(...sighting(12, [60, 30, 90, 60]));
  const [ripe, ...others] = it.ripe(1100);
  assert.equal([ripe!.material.context.frame, ripe!.material.best!.frame, others], [2, 8, []]);
  assert.equal([ripe!.answer.model, ripe!.happenedAt], ['roadside-n', 0]);
  assert.equal(it.ripe(9000), []);
});

test('the context is a copy: a frame may be overwritten afterwards', () => {
  const { it } = stills({ waitMs: 0 });
  const [frame, result] = sighting(1, [60, 20, 100, 60]);
  const before = new Uint8Array(frame.data);
  it.happened(crossing(1), 0);
  it.see(frame, result);
  frame.data.fill(0);
  assert.equal(it.ripe(1)[0]!.material.context.data, before);
});

test('kinds that are not wanted are none; a camera that goes silent gives what there is, and nothing where no frame came', () => {
  const { it, drops } = stills();
  it.happened(crossing(1, 'entered'), 0);
  it.see(...sighting(1, [60, 20, 100, 60]));
  assert.equal(it.ripe(60_000), []);
  it.happened(crossing(2), 100_000);
  it.see(...sighting(2, [60, 20, 100, 60]));
  assert.equal(it.ripe(103_000).length, 0);
  assert.equal(it.ripe(104_000).length, 1);
  it.happened(crossing(3), 200_000);
  assert.equal([it.ripe(204_000).length, drops], [0, ['no-picture']]);
});

test('more than may be kept a minute, and more than can wait, is left out and counted; infractions are not rationed', () => {
  const rationed = stills({ maxPerMinute: 2 });
  for (let n = 0; n < 4; n++) rationed.it.happened(crossing(n), n);
  assert.equal(rationed.drops, ['rate', 'rate']);
  const wanted = stills({ kinds: ['crossed', 'infraction'], maxPerMinute: 1 });
  for (let n = 0; n < 10; n++) wanted.it.happened(infraction(n), n);
  assert.equal(wanted.drops, ['busy', 'busy']);
  assert.is(wanted.it.takeAll().length, 0, 'none had a frame');
});

test('a full queue drops what is new, but for an infraction, which takes the place of the newest that is none and is made first', () => {
  const dropped: string[] = [];
  const queue = new EvidenceQueue<string>(2, (job) => dropped.push(job));
  queue.add({ job: 'a', isInfraction: false });
  queue.add({ job: 'b', isInfraction: false });
  queue.add({ job: 'c', isInfraction: false });
  queue.add({ job: 'X', isInfraction: true });
  queue.add({ job: 'Y', isInfraction: true });
  queue.add({ job: 'Z', isInfraction: true });
  assert.equal(dropped, ['c', 'b', 'a', 'Z']);
  assert.equal([queue.next(), queue.next(), queue.next()], ['X', 'Y', null]);
});

test('a record says what happened, also what only this kind of event says, and is what its schema says', () => {
  const facts = {
    scope: { site: 'demo', device: 'cabinet', tenant: null },
    camera: { id: 'north', lines: [], zones: [] },
    answer: { model: 'm', variant: 'v', provider: 'cpu' },
    source: { width: 320, height: 180 },
    best: null,
    privacy: { persons: 'blurred', found: 0, masks: 1 } as const,
    program: '0.1.0',
  };
  const draft = evidenceDraft({ ...facts, event: infraction(3) });
  assert.equal(
    [draft.event.kind, draft.event.rule, draft.event.offence, draft.event.zone],
    ['infraction', 'no-u-turn', 'u-turn', null],
  );
  assert.is(draft.event.more!['turnedDeg'], 172.5);
  const placed = {
    ...draft,
    v: 1,
    kind: 'record',
    chain: '0'.repeat(16),
    key: '0'.repeat(16),
    n: 1,
    prev: '0'.repeat(64),
    at: 1,
    pictures: [],
  };
  const text = canonicalJson(placed);
  assert.is(canonicalJson(evidenceRecord.parse(JSON.parse(text))), text);
});

test('canonical JSON is of one form: names in order, nothing between, what is undefined left out', () => {
  assert.is(
    canonicalJson({ b: [1, { d: null, c: 'é"\n' }], a: 1e21, u: undefined }),
    '{"a":1e+21,"b":[1,{"c":"é\\"\\n","d":null}]}',
  );
  assert.throws(() => canonicalJson({ a: Number.NaN }), /NaN cannot be written/);
});

test.run();
