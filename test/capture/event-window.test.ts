import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EventWindow } from '../../src/capture/event-window.js';
import { FrameRate } from '../../src/capture/frame-rate.js';

test('counts the events of the last window only', () => {
  const window = new EventWindow(3_600_000, 60);
  assert.is(window.count(5), 0);
  window.add(10);
  window.add(1_800_000);
  assert.is(window.count(3_500_000), 2);
  assert.is(window.count(3_700_000), 1);
  assert.is(window.count(9e9), 0);
});

test('the frame rate is not known before two frames', () => {
  const rate = new FrameRate();
  assert.is(rate.fps(100), null);
  rate.add(100);
  assert.is(rate.fps(100), null);
  rate.add(140);
  assert.is(rate.fps(140), 25);
});

test('the frame rate is that of the last ten seconds, gaps included', () => {
  const rate = new FrameRate();
  for (let t = 0; t < 20_000; t += 40) rate.add(t);
  assert.is(Math.round(rate.fps(20_000)!), 25);
  assert.is(Math.round(rate.fps(25_000)!), 12);
  assert.is(rate.fps(40_000), 0);
});

test('the frame rate of a slow camera is measured over twenty of its frames', () => {
  const rate = new FrameRate(5000);
  for (let t = 0; t <= 400_000; t += 5000) rate.add(t);
  for (const now of [400_000, 402_500, 404_999]) assert.is(Math.abs(rate.fps(now)! - 0.2) <= 0.01, true);
});

test.run();
