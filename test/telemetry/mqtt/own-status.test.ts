import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { heardStatus, OwnStatus } from '../../../src/telemetry/mqtt/own-status.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const live = (bdSeq: number, online: boolean) => ({ bdSeq, online, retained: false });

test('only a birth, a last will or a farewell is a status', () => {
  assert.equal(heardStatus(bytes('{"online":false,"bdSeq":7,"ts":1}'), true), {
    bdSeq: 7,
    online: false,
    retained: true,
  });
  for (const text of ['', 'offline', '{"online":true}', '{"bdSeq":"7","online":true}', 'null']) {
    assert.is(heardStatus(bytes(text), false), null, text);
  }
});

test('a birth that a late last will or nonsense stands in the place of is told again, once a minute', () => {
  const own = new OwnStatus();
  assert.is(own.overwritten(live(7, false), 0), true);
  assert.is(own.overwritten(null, 59_999), false);
  assert.is(own.overwritten(null, 60_000), true);
});

test('another device with the name is answered once for each of its births, so that neither goes on for ever', () => {
  const own = new OwnStatus();
  assert.equal(
    [17, 17, 18, 17].map((bdSeq) => own.overwritten(live(bdSeq, true), 0)),
    [true, false, true, false],
  );
});

test.run();
