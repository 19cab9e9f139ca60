import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { topicsOf } from '../../../src/telemetry/mqtt/topics.js';

test('topics have a fixed depth and take no wildcard or separator', () => {
  const topics = topicsOf({ site: 'a42-south', device: 'cam_1' });
  assert.is(topics.status, 'edge/v1/a42-south/cam_1/status');
  assert.is(topics.event('north'), 'edge/v1/a42-south/cam_1/event/north');
  assert.is(topics.commandResult('ping'), 'edge/v1/a42-south/cam_1/cmd/ping/result');
  assert.is(topics.siteCommand('invalidate'), 'edge/v1/a42-south/_site/cmd/invalidate');
  assert.is(topics.commandName('edge/v1/a42-south/cam_1/cmd/ping'), 'ping');
  for (const topic of ['edge/v1/a42-south/cam_1/cmd/a/b', 'edge/v1/a42-south/cam_1/cmd/', 'edge/v1/x/cam_1/cmd/ping']) {
    assert.is(topics.commandName(topic), null);
  }
  for (const bad of ['', '+', '#', 'a/b', 'ä', 'x'.repeat(64), '$SYS'])
    assert.throws(() => topics.event(bad), RangeError);
  assert.throws(() => topics.siteCommand('+'), RangeError);
  assert.throws(() => topicsOf({ site: 'a', device: '_site' }), /device: expected/);
  assert.throws(() => topicsOf({ site: 'a/b', device: 'cam_1' }), /site: expected .*got "a\/b"/);
  assert.throws(() => topicsOf({ site: 'a', device: '#' }), RangeError);
});

test.run();
