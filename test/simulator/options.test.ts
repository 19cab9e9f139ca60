import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceError } from '../../src/foundation/errors.js';
import { expandSimulatorUrl, parseSimulatorUrl } from '../../src/simulator/options.js';

function refusal(url: string): string {
  try {
    parseSimulatorUrl(url);
  } catch (error) {
    assert.instance(error, SourceError);
    return (error as Error).message;
  }
  throw new Error(`${url} was accepted`);
}

test('a bare URL is a mixed day at 640x360 and 15 frames a second', () => {
  assert.equal(parseSimulatorUrl('sim://road'), {
    seed: 1,
    traffic: 'mixed',
    cameras: 1,
    width: 640,
    height: 360,
    fps: 15,
    red: 24,
    night: 0,
    rain: 0,
    trees: 0.5,
    noise: 2.5,
    drift: 0.06,
    wrongWay: 0,
    stopping: 0,
    uTurns: 0,
    lorries: 0,
    redRunners: 0,
  });
});

test('options in the URL replace the defaults', () => {
  const options = parseSimulatorUrl('sim://road?seed=42&traffic=rush&fps=12.5&rain=0.5');
  assert.is(options.seed, 42);
  assert.is(options.traffic, 'rush');
  assert.is(options.fps, 12.5);
  assert.is(options.rain, 0.5);
});

test('night traffic is dark unless the URL says how dark', () => {
  assert.is(parseSimulatorUrl('sim://road?traffic=night').night, 1);
  assert.is(parseSimulatorUrl('sim://road?traffic=night&night=0.4').night, 0.4);
});

test('an unknown option is refused with the nearest known one', () => {
  assert.match(refusal('sim://road?sed=1'), 'unknown option sed (did you mean seed?)');
});

test('an unknown kind of traffic is refused with the kinds there are', () => {
  const message = refusal('sim://road?traffic=ligth');
  assert.match(message, 'traffic: expected one of empty, light, mixed, rush, night, got ligth (did you mean light?)');
});

test('a number out of range, broken, empty or given twice is refused by name', () => {
  assert.match(refusal('sim://road?width=100'), 'width: expected a whole number from 160 to 1920, got 100');
  assert.match(refusal('sim://road?fps=fast'), 'fps: expected a number from 0.1 to 60, got fast');
  assert.match(refusal('sim://road?seed=1.5'), 'seed: expected a whole number from 0 to 2147483647, got 1.5');
  assert.match(refusal('sim://road?rain='), 'rain: expected a number from 0 to 1, got ');
  assert.match(refusal('sim://road?seed=1&seed=2'), 'option seed is given twice');
});

test('another scene than the road is refused', () => {
  assert.match(refusal('sim://harbour?seed=1'), 'expected sim://road');
});

test('cameras=3 stands for three URLs with different seeds and the same other options', () => {
  const urls = expandSimulatorUrl('sim://road?seed=5&traffic=rush&cameras=3');
  assert.equal(urls, [
    'sim://road?seed=5&traffic=rush',
    'sim://road?seed=7924&traffic=rush',
    'sim://road?seed=15843&traffic=rush',
  ]);
});

test('one camera is the URL itself', () => {
  assert.equal(expandSimulatorUrl('sim://road?traffic=light'), ['sim://road?traffic=light']);
});

test('more than sixteen cameras are refused', () => {
  assert.throws(() => expandSimulatorUrl('sim://road?cameras=17'), /cameras: expected a whole number from 1 to 16/);
});

test.run();
