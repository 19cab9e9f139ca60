import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { outboxIsFull } from '../../../src/telemetry/mqtt/outbox-alerts.js';

test('a full outbox is told for ten minutes after the last message that was given up', () => {
  const limits = { maxMiB: 512, maxAgeHours: 168 };
  assert.is(outboxIsFull({ trimmed: 0, trimmedAgoMs: null }, limits), null);
  const alert = outboxIsFull({ trimmed: 12, trimmedAgoMs: 600_000 }, limits)!;
  assert.equal([alert.severity, alert.details], ['warning', { trimmed: 12 }]);
  assert.match(alert.message, 'it may take 512 MiB and keep them for 168 h');
  assert.is(outboxIsFull({ trimmed: 12, trimmedAgoMs: 600_001 }, limits), null);
});

test.run();
