import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { askWithin } from '../../../src/board/machine/ask-program.js';
import { FirmwareReader } from '../../../src/board/machine/firmware-reader.js';
import { tree } from './trees.js';

const PI_4 = { 'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0' };
const PI_5 = { 'proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.0\0' };
const at = (now: number) => ({ now, unixNow: now });
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A firmware that answers so, and writes down what it was asked. */
function firmware(answers: Readonly<Record<string, string | null>>) {
  const asked: string[] = [];
  const ask = async (program: string, args: readonly string[]) => {
    asked.push([program, ...args].join(' '));
    return answers[args.join(' ')] ?? null;
  };
  return { asked, ask };
}

function told(reader: FirmwareReader): Record<string, number | null> {
  const quantities = ['firmware-clock', 'power', 'heat', 'rail-power'] as const;
  return Object.fromEntries(
    quantities.flatMap((quantity) => [...reader.of(quantity)].map(({ name, value }) => [`${quantity} ${name}`, value])),
  );
}

test('it is asked what sysfs does not tell, every ten seconds', async () => {
  const { asked, ask } = firmware({
    get_throttled: 'throttled=0x50005\n',
    'measure_clock arm': 'frequency(48)=600117184\n',
  });
  const reader = new FirmwareReader(tree(PI_4), ask);
  reader.look();
  reader.read(at(0));
  await settled();
  assert.equal(told(reader), { 'firmware-clock arm': 600.117184, 'power firmware': 1, 'heat firmware': 0 });
  for (let s = 1; s < 10; s++) reader.read(at(s * 1000));
  assert.equal(asked, ['vcgencmd get_throttled', 'vcgencmd measure_clock arm']);
  reader.read(at(10_000));
  await settled();
  assert.is(asked.length, 4);
  reader.close();
  assert.equal(told(reader), {});
});

test('where sysfs tells what is held back, it is asked for the clock alone', async () => {
  const { asked, ask } = firmware({ 'measure_clock arm': 'frequency(0)=1500345728' });
  const reader = new FirmwareReader(
    tree({ ...PI_4, 'sys/devices/platform/soc/soc:firmware/get_throttled': '0\n' }),
    ask,
  );
  reader.look();
  reader.read(at(0));
  await settled();
  assert.equal(asked, ['vcgencmd measure_clock arm']);
  assert.equal(told(reader), { 'firmware-clock arm': 1500.345728 });
});

test('a Raspberry Pi 5 tells what its rails carry', async () => {
  const rails = [
    '     3V3_SYS_A current(1)=0.10000000A',
    '    VDD_CORE_A current(7)=2.00000000A',
    '     3V3_SYS_V volt(9)=3.30000000V',
    '    VDD_CORE_V volt(15)=0.90000000V',
    '      EXT5V_V volt(24)=5.15000000V',
  ].join('\n');
  const { ask } = firmware({
    pmic_read_adc: rails,
    get_throttled: 'throttled=0x0',
    'measure_clock arm': 'frequency(0)=0',
  });
  const reader = new FirmwareReader(tree(PI_5), ask);
  reader.look();
  reader.read(at(0));
  await settled();
  assert.is(told(reader)['rail-power PMIC']?.toFixed(3), '2.130');
  assert.is(told(reader)['firmware-clock arm'], null);
});

test('a firmware that refuses is left alone for ten minutes; another board has none', async () => {
  const { asked, ask } = firmware({});
  const reader = new FirmwareReader(tree(PI_4), ask);
  reader.look();
  reader.read(at(0));
  await settled();
  assert.equal(told(reader), { 'firmware-clock arm': null, 'power firmware': null, 'heat firmware': null });
  reader.read(at(590_000));
  await settled();
  assert.is(asked.length, 2);
  const other = new FirmwareReader(tree({ 'proc/device-tree/model': 'Radxa ROCK 5B\0' }), ask);
  other.look();
  other.read(at(0));
  assert.is(asked.length, 2);
});

test('a program that cannot be ended is not waited for, and no other joins it until it is gone', async () => {
  let asked = 0;
  let end: () => void = () => undefined;
  const ask = () => {
    asked++;
    return new Promise<string | null>((resolve) => (end = () => resolve('throttled=0x1')));
  };
  const reader = new FirmwareReader(tree(PI_4), ask, 10);
  reader.look();
  reader.read(at(0));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(told(reader), { 'firmware-clock arm': null, 'power firmware': null, 'heat firmware': null });
  reader.read(at(1_000_000));
  assert.is(asked, 1);
  end();
  await settled();
  reader.read(at(1_000_001));
  assert.is(asked, 2);
  end();
  await settled();
  assert.is(told(reader)['power firmware'], 1);
  reader.close();
});

test('a program that hangs is ended in time, one that is not there is no answer', async () => {
  assert.is(await askWithin(50)('sleep', ['60']), null);
  assert.is(await askWithin(5000)('/no/such/vcgencmd', []), null);
  assert.is(await askWithin(5000)('echo', ['throttled=0x0']), 'throttled=0x0\n');
});

test.run();
