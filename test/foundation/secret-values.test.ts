import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isSecretName, maskArguments, maskSecretValues, secretValuesIn } from '../../src/foundation/secret-values.js';

test('secrets are known by the names that vendors give them', () => {
  const names =
    'pwd password passwd passWord pass loginpas userpwd psw pw pas auth token access_token X-Auth-Token key api_key apiKey secret sig signature passphrase streamkey PWD userPas otp jwt client_secret';
  for (const name of names.split(' ')) assert.is(isSecretName(name), true, name);
  for (const name of 'user usr loginuse channel stream page design author keys keyframe resolution id sides'.split(
    ' ',
  )) {
    assert.is(isSecretName(name), false, name);
  }
});

test('values of secrets are masked in queries, paths, forms, JSON and headers', () => {
  const cases = [
    ['http://h/videostream.cgi?loginuse=admin&loginpas=x1', 'http://h/videostream.cgi?loginuse=admin&loginpas=***'],
    ['http://h/snap.cgi?usr=admin&pwd=x1&rate=0', 'http://h/snap.cgi?usr=admin&pwd=***&rate=0'],
    ['http://h/cgi-bin/encoder?USER=Admin&PWD=x1', 'http://h/cgi-bin/encoder?USER=Admin&PWD=***'],
    ['http://h/api.cgi?cmd=Snap&user=admin&password=x1', 'http://h/api.cgi?cmd=Snap&user=admin&password=***'],
    ['http://h/ISAPI/x?auth=YWRtaW46eDE=&n=1', 'http://h/ISAPI/x?auth=***&n=1'],
    ['rtsp://h/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp', 'rtsp://h/user=admin_password=***'],
    ['http://h/x?login=admin:x1&a=1', 'http://h/x?login=***&a=1'],
    ['http://h/snap?user=admin&p=x1', 'http://h/snap?user=admin&p=***'],
    ['http://h/snap?p=x1&u=admin', 'http://h/snap?p=***&u=admin'],
    ['http://h/list?p=2&n=3', 'http://h/list?p=2&n=3'],
    ['rtsp://h/0/admin:x1/main', 'rtsp://h/0/***/main'],
    ['rtmp://h/live/x1-x2', 'rtmp://h/live/***'],
    ['rtmp://h/bcs/channel0_main.bcs?channel=0', 'rtmp://h/bcs/channel0_main.bcs?channel=0'],
    ['srt://h:9?streamid=#!::u=admin,s=x1,r=y&passphrase=x2', 'srt://h:9?streamid=***&passphrase=***'],
    ['srt://h:9?streamid=cam1', 'srt://h:9?streamid=cam1'],
    ['http://h/?u=http%3A%2F%2Fc%2F%3Fpwd%3Dx1%26n%3D1', 'http://h/?u=http%3A%2F%2Fc%2F%3Fpwd%3D***%26n%3D1'],
    ['password=x1', 'password=***'],
    ['{"password":"x\\"1","n":1}', '{"password":"***","n":1}'],
    ['"{\\"authToken\\": \\"x1\\"}"', '"{\\"authToken\\": \\"***\\"}"'],
    [
      'Authorization: Digest username="admin", realm="r", response="x1"\r\nAccept: */*',
      'Authorization: ***\r\nAccept: */*',
    ],
    ['-headers "X-Api-Key: x1" -i', '-headers "X-Api-Key: ***" -i'],
    ['sent Basic YWRtaW46eDE= to it', 'sent Basic *** to it'],
    ['Cookie: sid=x1; b=c', 'Cookie: ***'],
  ];
  for (const [text, masked] of cases) assert.is(maskSecretValues(text!), masked);
});

test('words about secrets stay as they are', () => {
  for (const text of [
    'mqtt.password: expected no secret here, got one (site.yaml:3); use EDGE_MQTT_PASSWORD or passwordFile',
    'Basic authentication required',
    'waiting for a key frame',
    'http.token: expected at least 16 characters, got 7 characters',
    'playback/2024-01-01T10:00:00Z',
  ]) {
    assert.is(maskSecretValues(text), text);
  }
});

test('an argument behind a secret option is masked', () => {
  const args = ['worker.py', '--token', 'x1', '--key-file', 'k.pem', '-password', 'x2', '--fast', '--api-key=x3'];
  const shown = ['worker.py', '--token', '***', '--key-file', 'k.pem', '-password', '***', '--fast', '--api-key=***'];
  assert.equal(maskArguments(args, maskSecretValues), shown);
});

test('the secrets of an address are found as they are written', () => {
  assert.equal([...new Set(secretValuesIn('rtsp://h/user=admin_password=tl_Jw po_channel=1'))], ['tl_Jw po']);
  assert.equal([...new Set(secretValuesIn('http://h/?usr=a&pwd=b c&n=1'))], ['b c']);
});

test.run();
