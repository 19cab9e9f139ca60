import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { discoverCameras } from '../../src/setup/camera-discovery.js';
import type { FoundCamera } from '../../src/setup/probe-match.js';

const test = suite('camera discovery');

/** As an Axis camera answers. */
const answer = (
  id: string,
  service: string,
  scopes = 'onvif://www.onvif.org/name/AXIS%20P1448',
): string => `<?xml version="1.0"?>
<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://www.w3.org/2003/05/soap-envelope"><SOAP-ENV:Header>
<wsadis:RelatesTo>${id}</wsadis:RelatesTo></SOAP-ENV:Header><SOAP-ENV:Body><d:ProbeMatches><d:ProbeMatch>
<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopes}</d:Scopes>
<d:XAddrs>${service}</d:XAddrs></d:ProbeMatch></d:ProbeMatches></SOAP-ENV:Body></SOAP-ENV:Envelope>`;

/** A camera on loopback that gives `answers`, made of the id of the probe. */
async function found(answers: (id: string) => readonly string[]): Promise<FoundCamera[]> {
  const camera = createSocket('udp4');
  camera.bind(0, '127.0.0.1');
  await once(camera, 'listening');
  camera.on('message', (probe, from) => {
    const id = /<a:MessageID>(uuid:[^<]+)</.exec(probe.toString())![1]!;
    for (const text of answers(id)) camera.send(text, from.port, from.address);
  });
  const to = { address: '127.0.0.1', port: camera.address().port };
  try {
    return await discoverCameras({ patienceMs: 150, to, from: ['127.0.0.1'] });
  } finally {
    camera.close();
  }
}

test('finds the cameras that answer, each once, by host', async () => {
  const cameras = await found((id) => [
    answer(
      id,
      'http://192.0.2.11/onvif/device_service',
      'onvif://www.onvif.org/hardware/P1448 onvif://www.onvif.org/name/Gate',
    ),
    answer(id, 'http://192.0.2.2/onvif/device_service'),
    answer(id, 'http://192.0.2.2/onvif/device_service'),
  ]);
  assert.equal(cameras, [
    { host: '192.0.2.2', service: 'http://192.0.2.2/onvif/device_service', name: 'AXIS P1448' },
    { host: '192.0.2.11', service: 'http://192.0.2.11/onvif/device_service', name: 'Gate P1448' },
  ]);
});

test('takes the first address that can be used', async () => {
  const cameras = await found((id) => [
    answer(id, 'ftp://192.0.2.2/ http://user:pw@192.0.2.2/ http://[2001:db8::2]/onvif http://192.0.2.2/onvif'),
  ]);
  assert.equal(
    cameras.map(({ host }) => host),
    ['[2001:db8::2]'],
  );
});

test('answers to somebody else, of no address and of no sense are no cameras', async () => {
  const cameras = await found((id) => [
    answer('uuid:00000000-0000-0000-0000-000000000000', 'http://192.0.2.3/onvif'),
    answer(id, 'javascript:alert(1)'),
    answer(id, `http://${'a'.repeat(300)}/`),
    'hello',
    '',
    `<RelatesTo>${id}</RelatesTo>${'<XAddrs '.repeat(500)}`,
  ]);
  assert.equal(cameras, []);
});

test('what a camera calls itself cannot steer a terminal, and is short', async () => {
  const [camera] = await found((id) => [
    answer(id, 'http://192.0.2.4/', `onvif://www.onvif.org/name/%1b%5b2J%0a${'x'.repeat(100)}`),
  ]);
  assert.is(camera!.name, `2J ${'x'.repeat(61)}`);
});

test('a flood of answers is bounded', async () => {
  const cameras = await found((id) =>
    Array.from({ length: 100 }, (_, nth) => answer(id, `http://192.0.2.5:${1000 + nth}/`)),
  );
  assert.ok(cameras.length <= 64 && cameras.length > 0, `${cameras.length}`);
});

test('where nothing can be sent from, there is no camera and no failure', async () => {
  assert.equal(await discoverCameras({ patienceMs: 10, from: ['192.0.2.99'] }), []);
  assert.equal(await discoverCameras({ patienceMs: 10, from: [] }), []);
});

test.run();
