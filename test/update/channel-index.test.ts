import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { generateSigningKey, parsePrivateKey } from '../../src/telemetry/commands/keys.js';
import {
  type ChannelDevice,
  chooseBundle,
  type OfferedBundle,
  readIndex,
  signedIndex,
  stageOf,
} from '../../src/update/channel-index.js';
import { bundleTrust } from '../../src/update/signature.js';

const { privatePem, publicText } = generateSigningKey();
const key = parsePrivateKey(privatePem);
const trust = bundleTrust([publicText], true);

const offer = (version: string, change: Partial<OfferedBundle> = {}): OfferedBundle => ({
  version,
  platform: 'linux-x64',
  file: `edge-${version}.tar.gz`,
  digest: version.replace(/\D/g, '').padEnd(64, '0'),
  rollout: 100,
  ...change,
});
const DEVICE: ChannelDevice = {
  platform: 'linux-x64',
  version: '1.0.0',
  current: '1.0.0-10000000',
  pin: null,
  id: 'site/device',
  isRefused: () => false,
};
const choice = (bundles: readonly OfferedBundle[], device: Partial<ChannelDevice> = {}): string => {
  const chosen = chooseBundle(bundles, { ...DEVICE, ...device });
  return chosen.kind === 'take' ? chosen.bundle.version : chosen.reason;
};

test('an index is what was signed, and nothing else is taken', () => {
  const bundles = [offer('1.1.0'), offer('1.2.0', { rollout: 25 })];
  const text = signedIndex(bundles, key);
  assert.equal(readIndex(text, trust), bundles);
  assert.throws(() => readIndex(text.replace('1.1.0', '9.1.0'), trust), /not signed by a key that is trusted here/);
  assert.throws(() => readIndex(text.replace(/\n#signature.*/, ''), trust), /it is no signed index/);
  assert.throws(() => readIndex(text, bundleTrust([generateSigningKey().publicText])), /not signed by a key/);
  assert.throws(() => readIndex(text, bundleTrust([], true)), /no key is known here to check the index/);
});

test('no file of an index is outside its folder', () => {
  for (const file of ['../x.tar.gz', '/x', 'https://elsewhere/x', 'a/b', '']) {
    assert.throws(() => signedIndex([offer('1.1.0', { file })], key), /file/, file);
  }
});

test('the newest for the platform that is newer is taken', () => {
  assert.is(choice([offer('1.9.0'), offer('1.10.0'), offer('2.0.0', { platform: 'linux-arm64' })]), '1.10.0');
  assert.is(choice([offer('0.9.0')]), 'the channel has nothing newer than 1.0.0');
  assert.is(choice([offer('1.0.0')]), '1.0.0 is what the channel has, and is here');
  assert.is(choice([]), 'the channel has nothing for linux-x64');
  assert.is(choice([offer('1.1.0')], { version: null, current: null }), '1.1.0');
});

test('a pin is taken, be it older, and nothing else', () => {
  const bundles = [offer('0.9.0', { rollout: 0 }), offer('1.1.0')];
  assert.is(choice(bundles, { pin: '0.9.0' }), '0.9.0');
  assert.is(choice(bundles, { pin: '1.0.5' }), 'the channel has no 1.0.5 for linux-x64, which update.pin wants');
  assert.is(choice([offer('1.0.0'), offer('1.1.0')], { pin: '1.0.0' }), '1.0.0 is what the channel has, and is here');
});

test('what was taken back is not taken again, and the next one below it is', () => {
  const isRefused = (digest: string) => digest.startsWith('12');
  assert.is(
    choice([offer('1.2.0')], { isRefused }),
    '1.2.0 was taken back here before, and is not taken again from a channel',
  );
  assert.is(choice([offer('1.2.0'), offer('1.1.0')], { isRefused }), '1.1.0');
  assert.match(choice([offer('1.2.0')], { isRefused, pin: '1.2.0' }), 'was taken back here before');
});

test('a rollout of a quarter reaches a quarter of the devices, and the same ones when it grows', () => {
  const takes = (rollout: number) =>
    Array.from({ length: 400 }, (_, i) => `site/device-${i}`).filter(
      (id) => choice([offer('1.1.0', { rollout })], { id }) === '1.1.0',
    );
  const quarter = takes(25);
  assert.ok(quarter.length > 70 && quarter.length < 130, String(quarter.length));
  const half = new Set(takes(50));
  assert.ok(quarter.every((id) => half.has(id)));
  assert.is(takes(100).length, 400);
  assert.is(takes(0).length, 0);
  assert.is.not(stageOf('site/device-1', '1.1.0'), stageOf('site/device-1', '1.2.0'));
  const waiting = choice([offer('1.1.0', { rollout: 0 }), offer('1.0.0')]);
  assert.is(waiting, '1.1.0 is rolled out to 0 % of the devices, and not to this one yet');
});

test.run();
