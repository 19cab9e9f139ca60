import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { textIn } from '../../../../src/board/kernel-files.js';
import { findAccelerators } from '../../../../src/board/machine/sensors/accelerators.js';
import { devfreq, under } from '../board-trees/parts.js';
import { type Files, tree, write } from '../trees.js';

/** What is told, by quantity and name; with other files a second later, where some are given. */
function told(files: Files, later?: Files): Record<string, number | null | undefined> {
  const root = tree(files);
  const sensors = findAccelerators(root);
  const read = (now: number) =>
    Object.fromEntries(
      sensors.map(({ quantity, name, file, parse }) => [`${quantity} ${name}`, parse(textIn(file), now)]),
    );
  const first = read(0);
  if (later === undefined) return first;
  write(root, later);
  return read(1000);
}

test("a Jetson's GPU by each of its names, in per mille", () => {
  for (const name of ['57000000.gpu', '17000000.gp10b', '17000000.gv11b', '17000000.ga10b', '17000000.gpu']) {
    assert.equal(told(devfreq(name, { cur_freq: 621_000_000, 'device/load': 635 })), {
      [`load ${name}`]: 63.5,
      [`accelerator-clock ${name}`]: 621,
    });
  }
});

test('the old path counts where devfreq has no load, and once where it has', () => {
  const old = under('sys/devices/platform/gpu.0', { load: 425 });
  assert.equal(told(old), { 'load gpu.0': 42.5 });
  assert.equal(told({ ...old, ...devfreq('17000000.gv11b', { cur_freq: 1_000_000, 'device/load': 425 }) }), {
    'load 17000000.gv11b': 42.5,
    'accelerator-clock 17000000.gv11b': 1,
  });
});

test('Thor has clocks and no load', () => {
  assert.equal(
    told({
      ...devfreq('gpu-gpc-0', { cur_freq: 1_575_000_000 }),
      ...devfreq('gpu-nvd-0', { cur_freq: 1_692_000_000 }),
    }),
    {
      'accelerator-clock gpu-gpc-0': 1575,
      'accelerator-clock gpu-nvd-0': 1692,
    },
  );
});

test("Rockchip's NPU: the mean of its cores, of a single one, and nothing of what is no load", () => {
  const npu = (text: string) => told({ 'proc/rknpu/load': text })['load rknpu'];
  assert.is(npu('NPU load:  Core0: 60%, Core1: 30%, Core2:  0%,\n'), 30);
  assert.is(npu('NPU load:  17%\n'), 17);
  assert.is(npu('NPU load:\n'), null);
});

test('engines, cameras and buses are no accelerators; the bus to the memory is told apart', () => {
  const files = {
    ...devfreq('15340000.vic', { cur_freq: 1 }),
    ...devfreq('bus-fabric', { cur_freq: 1 }),
    ...devfreq('dmc', { cur_freq: 528_000_000, load: '55@528000000Hz' }),
  };
  assert.equal(told(files), { 'bus-load dmc': 55, 'bus-clock dmc': 528 });
});

test('Intel graphics: awake is what it did not sleep, by i915, by its older path, and by xe', () => {
  const places = ['gt/gt0/rc6_residency_ms', 'power/rc6_residency_ms', 'device/tile0/gt0/gtidle/idle_residency_ms'];
  for (const place of places) {
    const asleep = (ms: number) => under('sys/class/drm/card0', { [place]: ms });
    assert.equal(told(asleep(5000)), { 'load card0': undefined });
    assert.equal(told(asleep(5000), asleep(5750)), { 'load card0': 25 });
    assert.equal(told(asleep(5000), asleep(100)), { 'load card0': undefined });
  }
  assert.equal(told(under('sys/class/drm/card1/device/tile0/gt0/freq0', { act_freq: 1200 })), {
    'accelerator-clock card1': 1200,
  });
});

test.run();
