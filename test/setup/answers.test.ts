import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkAnswers } from '../../src/setup/answers.js';

const test = suite('answers');

test('site and cameras are all that is needed', () => {
  const answers = { site: 'station-road', cameras: [{ id: 'north', url: 'rtsp://192.0.2.10/' }] };
  assert.equal(checkAnswers(answers), answers);
  assert.equal(checkAnswers({ site: 'a', cameras: 'found' }), { site: 'a', cameras: 'found' });
});

test('tells every problem at once, and never a value: one is a password', () => {
  assert.equal(checkAnswers({ site: 'a b', passwort: 'geheim', password: 4711, cameras: [] }), {
    problems: [
      'site: expected a name (1 to 63 letters, digits, - or _, starting with a letter or digit)',
      'cameras: expected a list of cameras with id and url, or found for those on this machine',
      'password: expected a text (a number in quotes)',
      'passwort: expected one of site, device, cameras, broker, username, password, storeDir; did you mean password?',
      'username: expected a user for the password, got none',
    ],
  });
});

test.run();
