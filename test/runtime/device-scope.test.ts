import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { deviceNameNote, deviceScope } from '../../src/runtime/device-scope.js';

test('a device is called as it is configured, else as its host', () => {
  assert.equal(deviceScope({ site: 'a42', device: 'north' }, 'cabinet'), {
    site: 'a42',
    device: 'north',
    tenant: null,
  });
  assert.is(deviceScope({ site: 'a42' }, 'cabinet-7.example.org').device, 'cabinet-7');
});

test('a host that cannot be one level of a topic gets a name that can', () => {
  assert.is(deviceScope({ site: 'a42' }, '_ Straße 7').device, 'Stra-e-7');
  assert.is(deviceScope({ site: 'a42' }, '___').device, 'device');
  assert.is(deviceScope({ site: 'a42' }, 'x'.repeat(100)).device.length, 63);
});

test('which name is used is said where it is not the whole name of the host, and where it will not stay', () => {
  assert.is(deviceNameNote({}, 'cabinet-7'), null);
  assert.is(deviceNameNote({ device: 'north' }, 'box.local.lan'), null);
  assert.is(
    deviceNameNote({}, 'box.local.lan'),
    'this device is called box in topics, after its host box.local.lan: `device` gives it another name',
  );
  assert.match(
    deviceNameNote({}, '3f2a9c0d1e4b')!,
    /^this device is called 3f2a9c0d1e4b after its container, .*a name that stays/,
  );
});

test.run();
