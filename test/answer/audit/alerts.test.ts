import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { missedFloors } from '../../../src/answer/audit/alerts.js';
import type { MeasuredAnswers } from '../../../src/answer/audit/metrics.js';
import { REPORT } from './report.js';

const answers = (camera: string, state: (typeof REPORT)['state'], reason: string): MeasuredAnswers => ({
  camera,
  report: () => ({ ...REPORT, state, reason }),
});

test('a floor that is kept is no alert, nor is a camera whose every frame is inferred', () => {
  assert.is(missedFloors([answers('north', 'holding', 'F1 0.98'), { camera: 'south', report: () => null }]), null);
});

test('names the cameras whose answers miss the accuracy floor with their reasons', () => {
  const alert = missedFloors([answers('north', 'failing', 'F1 0.9'), answers('south', 'holding', 'F1 0.98')]);
  assert.equal(alert, {
    severity: 'warning',
    message:
      'answers without inference do not keep answer.accuracyFloor at north (F1 0.9): every frame is inferred there; lower the floor, or give the device fewer cameras or frames',
  });
});

test.run();
