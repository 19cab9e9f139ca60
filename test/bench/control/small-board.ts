import { scenarioOf } from '../../../bench/control/conditions.js';
import { type PlantDescription, parsePlant } from '../../../bench/control/plant-file.js';
import type { Scenario } from '../../../bench/control/scenario.js';
import { parseTrace } from '../../../bench/control/trace-file.js';

/** A board as a file has it: two points, one body, numbers that can be reckoned in the head. */
export function smallBoard(): Record<string, unknown> {
  const point = {
    provider: 'cpu',
    workers: 1,
    intraOpThreads: 2,
    cpuMs: 20,
    memoryBytes: 100e6,
    acceleratorBytes: 0,
  };
  return {
    name: 'small',
    about: 'for tests',
    sources: [],
    cores: 2,
    memoryBytes: 1000e6,
    memoryElsewhereBytes: 300e6,
    memoryBaseBytes: 100e6,
    cameras: { count: 1, framesPerS: 10 },
    thermal: { nodes: [{ name: 'soc', joulesPerKelvin: 50, wattsPerKelvinToAmbient: 0.1, shareOfPower: 1 }] },
    power: { idleWatts: 2, millijoulesPerFrame: 0, cpuMsPerFrame: 0 },
    clocks: [
      { mhz: 500, speed: 0.5, energy: 0.8 },
      { mhz: 1000, speed: 1, energy: 1 },
    ],
    governor: { trips: [{ at: 80, lowestClock: 0 }], hysteresis: 5 },
    sensors: { throttleAt: 80 },
    swap: { seconds: 3, cores: 0 },
    points: [
      { ...point, model: 'n', variant: 'a', accuracy: 0.8, serviceMs: 10, picturesPerS: 100, millijoules: 200 },
      { ...point, model: 's', variant: 'b', accuracy: 0.9, serviceMs: 40, picturesPerS: 25, millijoules: 1000 },
    ],
  };
}

/** The board through a trace without jitter at 25 °C, where nothing else is said. */
export function smallScenario(trace: Record<string, unknown> = {}, board: Record<string, unknown> = {}): Scenario {
  return scenarioOf(smallPlant(board), parseTrace({ ...QUIET, ...trace }), 1);
}

export const smallPlant = (board: Record<string, unknown> = {}): PlantDescription =>
  parsePlant({ ...smallBoard(), ...board });

const QUIET = {
  name: 'quiet',
  about: 'for tests',
  hours: 0.5,
  jitter: 0,
  traffic: 1,
  demand: { quietShare: 0.2, busyShare: 0.2 },
};
