import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { brokerReason } from '../../../src/telemetry/mqtt/broker-reasons.js';

test('codes of both versions have words, their number and what to do', () => {
  assert.equal(brokerReason(4), {
    kind: 'credentials-refused',
    code: 4,
    words: 'user name or password is wrong (code 4)',
    advice: 'check mqtt.username and EDGE_MQTT_PASSWORD or mqtt.passwordFile',
  });
  assert.equal(brokerReason(142), {
    kind: 'session-taken-over',
    code: 142,
    words: 'another client connected with the same client id (code 142)',
    advice: 'give each device its own `device`, or mqtt.clientId where that is set',
  });
  const kinds = [1, 2, 3, 5, 132, 133, 135, 136, 138, 149, 151, 156, 159].map((code) => brokerReason(code).kind);
  assert.equal(kinds, [
    'version-refused',
    'client-id-refused',
    'busy',
    'credentials-refused',
    'version-refused',
    'client-id-refused',
    'credentials-refused',
    'busy',
    'refused',
    'too-large',
    'busy',
    'moved',
    'busy',
  ]);
});

test('every code that MQTT 5 has for a refusal is known, and any other is named by its number', () => {
  const unused = [145, 146];
  for (let code = 128; code <= 162; code++) {
    const { words, advice } = brokerReason(code);
    assert.is(words.startsWith('it gives an unknown reason'), unused.includes(code), `${code}: ${words}`);
    assert.is.not(advice, '');
  }
  assert.is(brokerReason(250).words, 'it gives an unknown reason (code 250)');
});

test.run();
