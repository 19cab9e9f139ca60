import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ConnectionFacts, connectionQuality } from '../../src/capture/connection-quality.js';

const good: ConnectionFacts = {
  streaming: true,
  reconnectsLastHour: 0,
  stallsLastHour: 0,
  measuredFps: 25,
  expectedFps: 25,
  malformedShare: 0,
};
const judge = (facts: Partial<ConnectionFacts>) => connectionQuality({ ...good, ...facts });

test('a camera that delivers what it should without a loss is excellent', () => {
  assert.is(judge({}), 'excellent');
  assert.is(judge({ reconnectsLastHour: 1 }), 'excellent');
});

test('losses per hour lower the quality', () => {
  assert.is(judge({ reconnectsLastHour: 1, stallsLastHour: 1 }), 'fair');
  assert.is(judge({ reconnectsLastHour: 12 }), 'poor');
  assert.is(judge({ reconnectsLastHour: 30, stallsLastHour: 30 }), 'unusable');
});

test('too few frames lower the quality', () => {
  assert.is(judge({ measuredFps: 22.5 }), 'excellent');
  assert.is(judge({ measuredFps: 22 }), 'fair');
  assert.is(judge({ measuredFps: 14 }), 'poor');
  assert.is(judge({ measuredFps: 6 }), 'unusable');
});

test('pictures that cannot be understood lower the quality', () => {
  assert.is(judge({ malformedShare: 0.02 }), 'excellent');
  assert.is(judge({ malformedShare: 0.05 }), 'fair');
  assert.is(judge({ malformedShare: 0.5 }), 'poor');
  assert.is(judge({ malformedShare: 0.6 }), 'unusable');
  assert.is(judge({ malformedShare: null }), 'excellent');
});

test('a rate that is not known is not held against a camera', () => {
  assert.is(judge({ measuredFps: null }), 'excellent');
  assert.is(judge({ measuredFps: 3, expectedFps: null }), 'excellent');
});

test('a camera that is away is unusable', () => {
  assert.is(judge({ streaming: false }), 'unusable');
});

test.run();
