import { generateKeyPairSync } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  generateSigningKey,
  parsePrivateKey,
  parsePublicKey,
  parsePublicKeys,
  publicKeyText,
} from '../../../src/telemetry/commands/keys.js';

/** The first key of RFC 8032, 7.1. */
const RFC = 'ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';

test('a public key is known by the SHA-256 of its 32 bytes, however it is written', () => {
  const key = parsePublicKey(RFC);
  assert.is(key.id, '21fe31dfa154a261');
  assert.is(publicKeyText(key.key), RFC);
  const pem = key.key.export({ type: 'spki', format: 'pem' }).toString();
  assert.is(parsePublicKey(pem).id, key.id);
  assert.is(parsePublicKey(RFC.slice('ed25519:'.length)).id, key.id);
});

test('a pair that was made is one pair', () => {
  const { privatePem, publicText, id } = generateSigningKey();
  assert.is(parsePrivateKey(privatePem).id, id);
  assert.is(parsePublicKey(publicText).id, id);
  assert.match(privatePem, /^-----BEGIN PRIVATE KEY-----\n/);
});

test('a file may hold several keys, with comments or as PEM', () => {
  const others = [generateSigningKey(), generateSigningKey()];
  const lines = `# old\n${RFC}  # until May\n\n${others[0]!.publicText}\r\n`;
  assert.equal(
    parsePublicKeys(lines).map(({ id }) => id),
    ['21fe31dfa154a261', others[0]!.id],
  );
  const pems = others.map(({ publicText }) =>
    parsePublicKey(publicText).key.export({ type: 'spki', format: 'pem' }).toString(),
  );
  assert.equal(
    parsePublicKeys(pems.join('\n')).map(({ id }) => id),
    others.map(({ id }) => id),
  );
  assert.throws(() => parsePublicKeys('# none\n'), /without any key/);
});

test('what is no such key is refused, and nothing of a private one is repeated', () => {
  const { privatePem } = generateSigningKey();
  const secret = privatePem.split('\n')[1]!;
  for (const parse of [parsePublicKey, parsePublicKeys]) {
    try {
      parse(privatePem);
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /got a private key/);
      assert.not.match((error as Error).message, secret);
    }
  }
  assert.throws(
    () => parsePublicKey('ed25519:AAAA'),
    /expected ed25519: and the base64 of 32 bytes.*got "ed25519:AAAA"/,
  );
  assert.throws(() => parsePublicKey('-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----'), /no public key/);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const rsaPublic = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const rsaPrivate = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  assert.throws(() => parsePublicKey(rsaPublic), /got one of rsa/);
  assert.throws(() => parsePrivateKey(rsaPrivate), /got one of rsa/);
  const locked = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  assert.throws(() => parsePrivateKey(locked.privateKey), /got an encrypted one/);
  assert.throws(() => parsePrivateKey('garbage'), /expected the PEM of an Ed25519 private key/);
});

test.run();
