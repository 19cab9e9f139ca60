import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findRails, railsOfBoard } from '../../../../src/board/machine/sensors/rails.js';
import { hwmon, ina3221, ina3221x, rapl } from '../board-trees/parts.js';
import { type Files, tree } from '../trees.js';

/** Names of all rails of a machine, and of those that its power is the sum of. */
function rails(files: Files): { all: string[]; sum: string[] } {
  const found = findRails(tree(files));
  const names = (some: typeof found) => some.map(({ name }) => name);
  return { all: names(found), sum: names(railsOfBoard(found)) };
}

test('one rail of the whole module excludes those of its parts', () => {
  assert.equal(
    rails(
      ina3221(4, [
        ['VDD_IN', 5000, 1],
        ['VDD_CPU_GPU_CV', 5000, 1],
        ['VDD_SOC', 5000, 1],
      ]),
    ),
    {
      all: ['VDD_IN', 'VDD_CPU_GPU_CV', 'VDD_SOC'],
      sum: ['VDD_IN'],
    },
  );
});

test('on a TX1 the carrier board has a rail of its own, beside the module', () => {
  const files = {
    ...ina3221x('1-0040', 'iio:device0', [
      ['VDD_IN', 3000, 1],
      ['VDD_GPU', 1, 1],
      ['VDD_CPU', 1, 1],
    ]),
    ...ina3221x('1-0042', 'iio:device1', [
      ['VDD_MUX', 6000, 1],
      ['VDD_5V_IO_SYS', 1, 1],
      ['VDD_3V3_SYS', 1, 1],
    ]),
  };
  assert.equal(rails(files).sum, ['VDD_IN', 'VDD_MUX']);
});

test('an AGX Xavier has no rail of the whole: all six are', () => {
  const files = {
    ...ina3221(1, [
      ['GPU', 19_000, 1],
      ['CPU', 19_000, 1],
      ['SOC', 19_000, 1],
    ]),
    ...ina3221(2, [
      ['CV', 19_000, 1],
      ['VDDRQ', 19_000, 1],
      ['SYS5V', 5000, 1],
    ]),
  };
  assert.equal(rails(files).sum, ['GPU', 'CPU', 'SOC', 'CV', 'VDDRQ', 'SYS5V']);
});

test('of an AGX Orin three add up to the whole; a fourth is in one of them, channels without a load are no rails', () => {
  const files = {
    ...ina3221(3, [
      ['VDD_GPU_SOC', 1, 1],
      ['VDD_CPU_CV', 1, 1],
      ['VIN_SYS_5V0', 1, 1],
    ]),
    ...ina3221(4, [
      ['NC', 0, 0],
      ['VDDQ_VDD2_1V8AO', 1, 1],
      ['NC', 0, 0],
    ]),
  };
  assert.equal(rails(files), {
    all: ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0', 'VDDQ_VDD2_1V8AO'],
    sum: ['VDD_GPU_SOC', 'VDD_CPU_CV', 'VIN_SYS_5V0'],
  });
});

test('where one of those that belong together is not there, nothing is their sum', () => {
  assert.equal(
    rails(
      ina3221(3, [
        ['VDD_GPU_SOC', 1, 1],
        ['VDD_CPU_CV', 1, 1],
        ['NC', 0, 0],
      ]),
    ).sum,
    [],
  );
});

test('rails that nobody knows add up to nothing: one may be part of another', () => {
  assert.equal(
    rails(
      ina3221(0, [
        ['CAMERA', 5000, 1],
        ['MODEM', 5000, 1],
        ['HEATER', 5000, 1],
      ]),
    ),
    {
      all: ['CAMERA', 'MODEM', 'HEATER'],
      sum: [],
    },
  );
});

test('a meter of the whole machine comes before a monitor of some supply, that before processors', () => {
  const processors = rapl({
    '0': ['package-0', 1],
    '0:0': ['core', 1],
    '0:1': ['dram', 1],
    '1': ['package-1', 1],
    '2': ['psys', 1],
  });
  const supply = hwmon(3, 'ina226', { power1_input: 5_000_000, in1_input: 5000, curr1_input: 1000 });
  const meter = hwmon(4, 'power_meter', { power1_average: 90_000_000 });
  assert.equal(rails({ ...processors, ...supply, ...meter }).sum, ['power_meter']);
  assert.equal(rails({ ...processors, ...supply }).sum, ['ina226']);
  assert.equal(rails(processors), {
    all: ['package-0', 'package-0 core', 'package-0 dram', 'package-1', 'psys'],
    sum: ['package-0', 'package-0 dram', 'package-1'],
  });
});

test('a card counts beside the processor; graphics within it measure the same once more', () => {
  const processor = rapl({ '0': ['package-0', 1] });
  const card = hwmon(1, 'amdgpu', { power1_average: 30_000_000 });
  const within = hwmon(2, 'amdgpu', { power1_input: 14_000_000, in1_label: 'vddnb', in1_input: 900 });
  assert.equal(rails({ ...processor, ...card, ...within }), {
    all: ['amdgpu', 'amdgpu-2', 'package-0'],
    sum: ['amdgpu', 'package-0'],
  });
});

test('what RAPL shows twice, by registers in memory, is taken once', () => {
  const files = { ...rapl({ '0': ['package-0', 1] }), 'sys/class/powercap/intel-rapl-mmio:0/energy_uj': '1\n' };
  assert.equal(rails(files).all, ['package-0']);
});

test.run();
