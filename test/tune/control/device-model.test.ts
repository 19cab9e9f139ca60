import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceModel } from '../../../src/tune/control/device-model.js';
import type { KnownPoint } from '../../../src/tune/operating-point.js';
import { BUDGETS, knobsAt, observationOf, pointOf } from './board.js';

const test = suite('what is learnt of the device');

test('where an estimate gives way to what was measured, what was learnt against the estimate is not held against that', () => {
  const small = pointOf('small', 0.8, 60, { isMeasured: false });
  const large = pointOf('large', 0.9, 330, { isMeasured: false });
  const device = new DeviceModel(BUDGETS, [small, large], 2);
  let now = 0;
  const serve = (point: KnownPoint, seconds: number) => {
    for (const until = now + seconds * 1000; now < until; now += 5000)
      device.learn(observationOf(knobsAt(point), now, { serviceMs: 20 }), point, false);
  };
  const expectedMs = (point: KnownPoint) => point.serviceMs * device.slownessOf(point);
  serve(small, 600);
  assert.is(Math.abs(expectedMs(small) - 20) < 2, true, `${expectedMs(small)} ms of the estimated`);
  const [measured, scaled] = [pointOf('small', 0.8, 20), pointOf('large', 0.9, 110, { isMeasured: false })] as const;
  device.know([measured, scaled]);
  assert.is(expectedMs(measured) > 12, true, `${expectedMs(measured)} ms at once`);
  serve(measured, 60);
  assert.is(Math.abs(expectedMs(measured) - 20) < 2, true, `${expectedMs(measured)} ms of the measured`);
  assert.is(Math.abs(expectedMs(scaled) - 110) < 16, true, `${expectedMs(scaled)} ms of the other`);
});

test.run();
