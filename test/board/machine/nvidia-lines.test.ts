import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NvidiaColumns, refusedColumn } from '../../../src/board/machine/nvidia-lines.js';

/** What a line says, as `quantity value`; what is missing by its reason. */
function told(line: string, columns = new NvidiaColumns()): Record<string, number | string | null> | null {
  const parsed = columns.parse(line);
  return (
    parsed && Object.fromEntries(parsed.readings.map(({ quantity, value, missing }) => [quantity, value ?? missing]))
  );
}

test('a card tells load, memory, heat, power, clock, fan and what holds it back', () => {
  assert.equal(told('0, 37, 1024, 24576, 61, 148.32, 1905, 42, 0x0000000000000001'), {
    load: 37,
    memory: 1_073_741_824,
    'memory-total': 25_769_803_776,
    temperature: 61,
    'rail-power': 148.32,
    'accelerator-clock': 1905,
    'fan-duty': 42,
    heat: 0,
    power: 0,
  });
});

test('words in the place of numbers are missing readings: MIG, an integrated GPU, a card without a fan', () => {
  assert.equal(told('1, [N/A], [N/A], [N/A], N/A, [Not Supported], [Unknown Error], [GPU requires reset], [N/A]'), {
    load: 'absent',
    memory: 'absent',
    'memory-total': 'absent',
    temperature: 'absent',
    'rail-power': 'absent',
    'accelerator-clock': 'absent',
    'fan-duty': 'absent',
    heat: 'absent',
    power: 'absent',
  });
});

test('reasons: heat by software and hardware, the power limit, the supply; hardware without a reason is the supply', () => {
  const causes = (bits: string) => {
    const { heat, power } = told(`0, 1, 1, 1, 1, 1, 1, 1, ${bits}`)!;
    return [heat, power];
  };
  assert.equal(causes('0x0000000000000020'), [1, 0]);
  assert.equal(causes('0x0000000000000048'), [1, 0]);
  assert.equal(causes('0x0000000000000004'), [0, 1]);
  assert.equal(causes('0x0000000000000088'), [0, 1]);
  assert.equal(causes('0x0000000000000008'), [0, 1]);
  assert.equal(causes('0x0000000000000024'), [1, 1]);
});

test('what is none of its lines is none, and what cannot be true is missing', () => {
  assert.is(told('NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.'), null);
  assert.is(told('0, 37, 1024'), null);
  assert.is(told('Unable to determine the device handle for GPU, a, b, c, d, e, f, g, h'), null);
  assert.is(told('0, 101, 1, 1, 511, 1, 1, 1, 0x0')?.['load'], 'implausible');
  assert.is(told('0, 101, 1, 1, 511, 1, 1, 1, 0x0')?.['temperature'], 'implausible');
});

test('a column that the driver does not know is called as it used to be, then left out', () => {
  assert.is(
    refusedColumn('Field "clocks_event_reasons.active" is not a valid field to query.'),
    'clocks_event_reasons.active',
  );
  assert.is(refusedColumn('No devices were found'), null);
  const columns = new NvidiaColumns();
  assert.is(columns.refuse('clocks_event_reasons.active'), true);
  assert.is(columns.names.at(-1), 'clocks_throttle_reasons.active');
  assert.is(columns.refuse('clocks_throttle_reasons.active'), true);
  assert.is(columns.names.at(-1), 'fan.speed');
  assert.is(columns.refuse('power.draw'), true);
  assert.is(columns.refuse('power.draw'), false);
  assert.is(columns.refuse('index'), false);
  assert.equal(told('3, 5, 6, 7, 40, 1200, 30', columns), {
    load: 5,
    memory: 6 * 2 ** 20,
    'memory-total': 7 * 2 ** 20,
    temperature: 40,
    'accelerator-clock': 1200,
    'fan-duty': 30,
  });
});

test.run();
