import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ThermalNetwork } from '../../../bench/control/thermal-network.js';

const two = {
  nodes: [
    { name: 'die', joulesPerKelvin: 10, wattsPerKelvinToAmbient: 0, shareOfPower: 1 },
    { name: 'sink', joulesPerKelvin: 100, wattsPerKelvinToAmbient: 0.25, shareOfPower: 0 },
  ],
  links: [{ between: ['die', 'sink'] as [string, string], wattsPerKelvin: 0.5 }],
  fan: null,
};

test('two bodies come to rest where all the heat goes to the air: 5 W over 0.25 W/K and 0.5 W/K are 20 K and 10 K', () => {
  const network = new ThermalNetwork(two, 25);
  for (let second = 0; second < 20_000; second++) network.second(5, 25, 1);
  assert.is(network.temperatures[1]!.toFixed(3), '45.000');
  assert.is(network.temperatures[0]!.toFixed(3), '55.000');
});

test('energy is neither lost nor found: what came in is in the bodies or went to the air', () => {
  const network = new ThermalNetwork(two, 20);
  let lost = 0;
  for (let second = 0; second < 500; second++) {
    lost += 0.25 * (network.temperatures[1]! - 20);
    network.second(8, 20, 1);
  }
  const stored = 10 * (network.temperatures[0]! - 20) + 100 * (network.temperatures[1]! - 20);
  assert.ok(Math.abs(stored + lost - 8 * 500) < 1e-6);
});

test('a small body beside a large conductance is stepped finely enough to stay stable', () => {
  const network = new ThermalNetwork(
    { ...two, nodes: [{ ...two.nodes[0]!, joulesPerKelvin: 0.1 }, two.nodes[1]!] },
    25,
  );
  for (let second = 0; second < 20_000; second++) network.second(5, 25, 1);
  assert.is(network.temperatures[0]!.toFixed(2), '55.00');
});

test('a fan comes on at its step, goes off below its hysteresis, and cools as much as it is let', () => {
  const fan = { node: 'sink', hysteresis: 10, steps: [{ from: 50, wattsPerKelvin: 0.75 }] };
  const blown = new ThermalNetwork({ ...two, fan }, 52);
  for (let second = 0; second < 5_000; second++) blown.second(15, 25, 1);
  // 15 W over 1 W/K and 0.5 W/K: at 70 °C the fan is on, and stays so
  assert.is(blown.temperatures[0]!.toFixed(2), '70.00');
  const blocked = new ThermalNetwork({ ...two, fan }, 52);
  for (let second = 0; second < 5_000; second++) blocked.second(15, 25, 0);
  assert.is(blocked.temperatures[0]!.toFixed(2), '115.00');
  for (let second = 0; second < 5_000; second++) blown.second(2, 25, 1);
  // 2 W: 8 K and 4 K without the fan
  assert.is(blown.temperatures[0]!.toFixed(2), '37.00');
});

test('how bodies answer around the slowest one is what the network comes to', () => {
  const network = new ThermalNetwork(two, 25);
  const { first, rate } = network.restResponse(0);
  // the sink at 45 °C, 5 W through 0.5 W/K; nothing is left to warm the sink
  assert.is((first[0] * 45 + first[1] * 5 + first[2] * 25).toFixed(6), '55.000000');
  assert.is((rate[0] * 45 + rate[1] * 5 + rate[2] * 25).toFixed(6), '0.000000');
});

test.run();
