import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { leastOf } from '../../../bench/control/fit/nelder-mead.js';
import { fitThermal } from '../../../bench/control/fit/thermal-fit.js';
import { ThermalNetwork } from '../../../bench/control/thermal-network.js';
import { smallPlant } from './small-board.js';

test('the least of a narrow valley is found', () => {
  const { at, value } = leastOf(([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2, [-1, 1], [0.5, 0.5], 300);
  assert.ok(value < 1e-9);
  assert.ok(Math.abs(at[0]! - 1) < 1e-3 && Math.abs(at[1]! - 1) < 1e-3);
});

test('a board that was simulated is found again from its power and its temperature', () => {
  const thermal = {
    nodes: [
      { name: 'soc', joulesPerKelvin: 12, wattsPerKelvinToAmbient: 0, shareOfPower: 1 },
      { name: 'board', joulesPerKelvin: 150, wattsPerKelvinToAmbient: 0.2, shareOfPower: 0 },
    ],
    links: [{ between: ['soc', 'board'] as [string, string], wattsPerKelvin: 0.6 }],
    fan: null,
  };
  const network = new ThermalNetwork(thermal, 24);
  const watts = Array.from({ length: 4000 }, (_, second) => (Math.floor(second / 500) % 2 === 0 ? 6 : 2));
  const temperatures = watts.map((drawn) => {
    network.second(drawn, 24, 1);
    return network.temperatures[0]!;
  });
  const series = { at: watts.map((_, i) => i), temperatures, watts, busy: watts.map(() => 1), gpu: null };
  const fit = fitThermal(series, smallPlant({ thermal }), { watts: [0, 0] });
  assert.ok(fit.rmse < 0.1, `rmse ${fit.rmse}`);
  assert.ok(Math.abs(fit.ambient - 24) < 1.5, `ambient ${fit.ambient}`);
  const { wattsPerKelvinToAmbient } = fit.thermal.nodes[1]!;
  assert.ok(Math.abs(wattsPerKelvinToAmbient - 0.2) < 0.02, `${wattsPerKelvinToAmbient} W/K`);
});

test.run();
