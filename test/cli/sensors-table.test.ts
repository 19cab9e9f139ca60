import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { MachineReport, ReportedReading } from '../../src/board/machine/report.js';
import { sensorLines } from '../../src/cli/sensors-table.js';

const NOTHING: MachineReport = {
  powerMode: null,
  temperature: null,
  throttleAt: null,
  watts: null,
  wattsOf: [],
  throttling: { heat: null, power: null, current: null, quota: null },
  readings: [],
  problems: [],
};

const reading = (what: string, unit: string, value: number | null, missing: ReportedReading['missing'] = null) => ({
  area: 'power' as const,
  what,
  name: 'part',
  value,
  unit,
  source: '/sys/part',
  missing,
});

test('a machine that tells nothing says so, and has no areas', () => {
  assert.equal(sensorLines(NOTHING, 'not known'), [
    'board       not known',
    'power mode  nothing tells',
    'heat        nothing tells',
    'power       nothing tells',
    'held back   nothing tells',
  ]);
});

test('why something is missing stands in the place of its value', () => {
  const why = (missing: ReportedReading['missing']) =>
    sensorLines({ ...NOTHING, readings: [reading('power', 'W', null, missing)] }, '').at(-1);
  assert.is(why('permission'), '  part  power  – (this user may not read it)  /sys/part');
  assert.is(why('absent'), '  part  power  – (not there)  /sys/part');
  assert.is(why('late'), '  part  power  – (no answer in time)  /sys/part');
  assert.is(why('failed'), '  part  power  – (it does not answer)  /sys/part');
  assert.is(why('implausible'), '  part  power  – (what it says cannot be true)  /sys/part');
  assert.is(why(null), '  part  power  –  /sys/part');
});

test('units: bytes as people read them, flags as words, others with the digits that mean something', () => {
  const text = (unit: string, value: number) =>
    sensorLines({ ...NOTHING, readings: [reading('x', unit, value)] }, '')
      .at(-1)!
      .split(/ {2,}/)[3];
  assert.is(text('bytes', 1_048_576), '1.00 MiB');
  assert.is(text('', 1), 'yes');
  assert.is(text('', 0), 'no');
  assert.is(text('', 1.5), '1.5');
  assert.is(text('MHz', 1510.4), '1510 MHz');
  assert.is(text('W', 12.478), '12.48 W');
  assert.is(text('times', 37), '37 times');
});

test('what holds back is named, what the power is the sum of too, and what keeps a source from telling comes last', () => {
  const lines = sensorLines(
    {
      ...NOTHING,
      watts: 208.3,
      wattsOf: ['package-0', 'nvidia0'],
      throttling: { heat: true, power: false, current: null, quota: true },
      problems: ['nvidia-smi said nothing for 15 s'],
    },
    'a box',
  );
  assert.is(lines[3], 'power       208.30 W (package-0 + nvidia0)');
  assert.is(lines[4], 'held back   by heat and quota');
  assert.is(lines.at(-1), '! nvidia-smi said nothing for 15 s');
  const free = sensorLines({ ...NOTHING, throttling: { ...NOTHING.throttling, heat: false } }, 'a box');
  assert.is(free[4], 'held back   by nothing');
});

test.run();
