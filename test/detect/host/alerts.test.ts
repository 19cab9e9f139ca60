import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { unhealthyDetectors } from '../../../src/detect/host/alerts.js';
import type { DetectorState } from '../../../src/detect/host/supervised-detector.js';

const idle: DetectorState = { kind: 'idle' };
const unhealthy: DetectorState = { kind: 'unhealthy', since: 0, reason: 'it crashed' };

test('workers that are not unhealthy are no alert', () => {
  assert.is(unhealthyDetectors([idle]), null);
});

test('one unhealthy worker of two is a warning, two are critical', () => {
  assert.equal(unhealthyDetectors([unhealthy, idle]), {
    severity: 'warning',
    message: '1 of 2 detector workers are unhealthy and tried only now and then: it crashed',
  });
  assert.is(unhealthyDetectors([unhealthy, unhealthy])!.severity, 'critical');
});

test.run();
