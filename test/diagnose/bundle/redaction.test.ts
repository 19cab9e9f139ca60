import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redactJson, redactLines, redactText } from '../../../src/diagnose/bundle/redaction.js';
import { rememberSecretsAround } from '../../../src/diagnose/bundle/secrets-around.js';
import { tree } from '../../board/machine/trees.js';

test('what only the environment holds is masked: of this process, of the running one, of the file of the unit', () => {
  const root = tree({
    'etc/edge-optimizer/environment':
      '# of the site\nCAMERA_PASSWORD="of the unit"\nEDGE_CAMERA_A_URL=rtsp://a:b%40runit@10.0.0.1/\n',
    'proc/77/environ': 'PWD=/opt/edge-optimizer\0MODEL_TOKEN=ofTheRunningOne\0',
  });
  rememberSecretsAround({ CLOUD_API_KEY: 'ofThisProcess', PWD: '/srv/here', XDG_SESSION_TYPE: 'wayland' }, root, 77);
  assert.is(redactText('said of the unit, ofTheRunningOne, ofThisProcess and b@runit'), 'said ***, ***, *** and ***');
  assert.is(redactText('/opt/edge-optimizer /srv/here wayland'), '/opt/edge-optimizer /srv/here wayland');
});

test('a number, a key and a value under the name of a secret are masked, public sums and addresses are not', () => {
  rememberSecretsAround({ PANEL_PIN: '82736455' }, '/', null);
  const sum = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  assert.equal(redactJson({ at: 82736455, count: 7, x82736455: 1, token: 'abc', sha256: sum, host: '192.168.0.9' }), {
    at: '***',
    count: 7,
    'x***': 1,
    token: '***',
    sha256: sum,
    host: '192.168.0.9',
  });
});

test('a key over several lines is masked to its end, whatever stands between', () => {
  const lines = ['a -----BEGIN PRIVATE KEY-----', 'a MC4CAQAwBQYDK2VwBCIE', 'a -----END PRIVATE KEY-----', 'a done'];
  assert.equal(redactLines(lines), ['a ***', '***', '***', 'a done']);
});

test('pictures and other texts without an end are left out', () => {
  assert.is(redactJson('A'.repeat(5000)), '(5000 characters left out)');
  assert.is(redactJson('word '.repeat(1000)), `${'word '.repeat(600)}… (5000 characters)`);
  // half of a secret is at the cut, where nobody knows it any more
  const cut = `${'word '.repeat(799)}ofThisProcess`.padEnd(6000);
  assert.equal(redactLines([cut]), [`${'word '.repeat(600)}… (6000 characters)`]);
});

test.run();
