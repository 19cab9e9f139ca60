import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { EventKind } from '../../../src/frame/event-kind.js';
import { EventChoice } from '../../../src/telemetry/mqtt/event-choice.js';
import type { EventPayload, PublishedEvent } from '../../../src/telemetry/mqtt/messages/event.js';
import { EVENT } from './capture-broker.js';
import { keepsTo } from './message-schemas.js';

const CROSSED: EventPayload = { ...EVENT, kind: 'crossed', line: 'gate', direction: 'in', total: 12 };
const LEFT: EventPayload = { ...EVENT, kind: 'left', seenMs: 9, firstBox: [1, 2, 3, 4] };
const STOPPED: EventPayload = { ...EVENT, kind: 'stopped', stoodMs: 3000 };

function choice(events: EventKind[], eventDetail: 'lean' | 'full' = 'lean', own: EventKind[] | undefined = undefined) {
  return new EventChoice({
    publish: { events, eventDetail },
    kindsOf: (camera) => (camera === 'south' ? own : undefined),
  });
}

/** What is published of some events where there is always room. */
function published(of: EventChoice, camera: string, ...events: EventPayload[]): PublishedEvent[] {
  const told: PublishedEvent[] = [];
  for (const event of events) of.tell(camera, event, (_camera, payload) => told.push(payload) > 0);
  return told;
}

test('a lean event says who did what, where and when, and a full one all that is known', () => {
  const { capturedAt, vehicle } = EVENT;
  const who = { trackId: vehicle.trackId, class: vehicle.class };
  const [crossed, left] = published(choice(['crossed', 'left']), 'north', CROSSED, LEFT);
  assert.equal(crossed, { kind: 'crossed', capturedAt, vehicle: who, line: 'gate', direction: 'in', total: 12 });
  assert.equal(left, { kind: 'left', capturedAt, vehicle: who, seenMs: 9 });
  for (const event of [crossed, left])
    assert.ok(keepsTo('event', { ts: 1, seq: 1, stream: '0123abcd', n: 1, camera: 'north', ...event }));
  assert.equal(published(choice(['left'], 'full'), 'north', LEFT), [LEFT]);
});

test('only the kinds that are wanted are published, and a camera may have a list of its own', () => {
  const mine = choice(['crossed', 'stopped'], 'lean', ['left']);
  const kinds = (camera: string) => published(mine, camera, CROSSED, LEFT, STOPPED).map(({ kind }) => kind);
  assert.equal(kinds('north'), ['crossed', 'stopped']);
  assert.equal(kinds('south'), ['left']);
  assert.equal(published(choice([]), 'north', CROSSED), []);
  assert.is(mine.leftOut('north'), 0);
});

test('where bytes are short, what tells more goes first, and what is left out is counted', () => {
  const mine = choice(['crossed', 'left', 'stopped']);
  const told: string[] = [];
  const nearlyEmpty = (camera: string, { kind }: PublishedEvent, reserve: number) => {
    if (reserve > 0.2) return false;
    told.push(`${camera} ${kind}`);
    return true;
  };
  assert.equal(
    [CROSSED, LEFT, STOPPED].map((event) => mine.tell('north', event, nearlyEmpty)),
    [false, false, true],
  );
  assert.equal(told, ['north stopped']);
  assert.equal([mine.leftOut('north'), mine.leftOut('south')], [2, 0]);
});

test.run();
