import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { implausibleCameras, PLAUSIBILITY_ALERTS } from '../../src/plausibility/alerts.js';
import { bestQuality, hidesAccuracy, PLAUSIBILITIES } from '../../src/plausibility/states.js';

const test = suite('plausibility: alerts');

test('every state but the good one has an alert of its own', () => {
  assert.equal(
    PLAUSIBILITY_ALERTS.map(({ code }) => code),
    [
      'picture-frozen',
      'picture-grey',
      'picture-dark',
      'picture-torn',
      'picture-shifted',
      'picture-damaged',
      'model-blind',
      'model-constant',
      'model-saturated',
      'model-heaped',
      'detector-may-be-blind',
      'no-vehicles',
    ],
  );
});

test('an alert names the cameras, what was seen and what to do; the others are cleared', () => {
  const found = implausibleCameras([
    { id: 'north', implausible: { fault: 'grey', seen: 'the whole picture has one colour' } },
    { id: 'south', implausible: null },
    { id: 'east', implausible: { fault: 'grey', seen: 'the whole picture has one colour' } },
  ]);
  const raised = found.filter(({ alert }) => alert !== null);
  assert.is(found.length, 12);
  assert.equal(raised, [
    {
      code: 'picture-grey',
      alert: {
        severity: 'warning',
        message:
          'there is nothing in the picture: north (the whole picture has one colour), east (the whole picture has one colour); look at the camera itself: something covers the lens, fog or dew, a dead sensor, or a stream without its key frames',
      },
    },
  ]);
});

test('faults of pictures lower the quality of the connection, faults of the model do not', () => {
  assert.equal(PLAUSIBILITIES.map(bestQuality), [
    'excellent',
    'unusable',
    'unusable',
    'poor',
    'poor',
    'poor',
    'fair',
    'excellent',
    'excellent',
    'excellent',
    'excellent',
    'excellent',
    'excellent',
  ]);
});

test('accuracy is unknown where the pictures show nothing or the model looks at nothing', () => {
  assert.equal(
    PLAUSIBILITIES.filter((state) => !hidesAccuracy(state)),
    ['plausible', 'shifted', 'damaged'],
  );
});

test.run();
