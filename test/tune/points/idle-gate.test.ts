import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Observation } from '../../../src/tune/observation.js';
import { IdleGate } from '../../../src/tune/points/idle-gate.js';

const test = suite('when candidates may be measured');

const at = (now: number, over: Partial<Observation> = {}): Observation =>
  ({
    now,
    lateShare: 0,
    throttledBy: [],
    temperature: null,
    throttleAt: null,
    cpuBusy: 0.2,
    cpuBusyElsewhere: 0,
    ...over,
  }) as Observation;

test('a device that has been idle for ten seconds may measure', () => {
  const gate = new IdleGate();
  assert.is(gate.obstacle(at(0)), 'the device has just become idle');
  assert.is(gate.obstacle(at(5000)), 'the device has just become idle');
  assert.is(gate.obstacle(at(10_000)), null);
});

test('busy cores, late frames, heat and a board that holds itself back are said, and idleness begins anew', () => {
  const gate = new IdleGate();
  gate.obstacle(at(0));
  assert.is(gate.obstacle(at(10_000, { cpuBusy: 0.75 })), 'the cores are busy by 75 %');
  assert.is(gate.obstacle(at(15_000)), 'the device has just become idle');
  assert.is(gate.obstacle(at(20_000, { lateShare: 0.05 })), '5 % of the frames are late');
  assert.is(
    gate.obstacle(at(25_000, { temperature: 80, throttleAt: 85 })),
    '80 °C is near 85 °C, where the board holds itself back',
  );
  assert.is(gate.obstacle(at(30_000, { throttledBy: ['heat', 'power'] })), 'the board is held back by heat and power');
});

test('it takes a tenth of the time at most', () => {
  const gate = new IdleGate();
  gate.obstacle(at(0));
  assert.is(gate.obstacle(at(10_000)), null);
  gate.ended(14_000, 4000);
  assert.is(gate.obstacle(at(49_000)), 'it rests after the last measurement');
  assert.is(gate.obstacle(at(50_000)), null);
});

test('what others take beside a measurement ends it, what it takes itself does not', () => {
  const gate = new IdleGate();
  gate.begin(at(0, { cpuBusyElsewhere: 0.1 }));
  assert.is(gate.interruption(at(1000, { cpuBusy: 0.9, cpuBusyElsewhere: 0.15 })), null);
  assert.is(
    gate.interruption(at(2000, { cpuBusy: 1, cpuBusyElsewhere: 0.5 })),
    'other programs take 40 % more of the cores',
  );
  assert.is(gate.interruption(at(3000, { lateShare: 0.02 })), '2 % of the frames are late');
});

test.run();
