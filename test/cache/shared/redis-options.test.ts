import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type RedisTierOptions, redisSettings } from '../../../src/cache/shared/redis-options.js';
import { SharedCache, type SharedCacheOptions } from '../../../src/cache/shared/shared-cache.js';
import { temporaryFolder } from '../../temporary.js';

const problemsOf = (options: object): string => {
  try {
    redisSettings(options as RedisTierOptions);
  } catch (error) {
    return String(error);
  }
  return 'none';
};

test('a URL gives host, port, user, password, database and TLS', () => {
  const plain = redisSettings({ url: 'redis://cache.example', prefix: 'app' });
  assert.equal(plain.address, {
    host: 'cache.example',
    port: 6379,
    path: null,
    username: null,
    database: 0,
    tls: null,
  });
  assert.is(plain.password(), null);
  assert.is(plain.root, 'app');
  const full = redisSettings({ url: 'rediss://app:p%40ss@[::1]:6380/3', prefix: 'app', tenant: 'lyon' });
  assert.equal(full.address, { host: '::1', port: 6380, path: null, username: 'app', database: 3, tls: {} });
  assert.is(full.password(), 'p@ss');
  assert.is(full.root, 'app/lyon');
  assert.is(redisSettings({ url: 'unix:///run/redis.sock', prefix: 'app' }).address.path, '/run/redis.sock');
  assert.is(redisSettings({ url: 'redis://:secret@host:80', prefix: 'app' }).address.port, 80);
});

test('a password is read from its file at each connection', () => {
  const file = join(temporaryFolder('redis-options'), 'password');
  writeFileSync(file, 'first\n');
  const { password } = redisSettings({ url: 'redis://host', prefix: 'app', passwordFile: file });
  assert.is(password(), 'first');
  writeFileSync(file, 'second');
  assert.is(password(), 'second');
});

test('everything that is wrong is said at once, and no password with it', () => {
  const said = problemsOf({
    url: 'http://app:hunter2@host',
    prefix: 'a:b',
    tenant: '*',
    password: 'hunter2',
    passwordFile: 'file',
    operationTimeout: 0,
    lease: 1.5,
    maxEntryBytes: 'many',
  });
  assert.match(said, "url: expected redis://, rediss:// or unix://, got 'http://***@host'");
  assert.match(said, "prefix: expected 1 to 100 letters, digits, ., _ or -, got 'a:b'");
  assert.match(said, "tenant: expected 1 to 100 letters, digits, ., _ or -, got '*'");
  assert.match(said, 'passwordFile: expected none beside password, got both');
  assert.match(said, 'operationTimeout: expected a whole number from 1 to 2147483647, got 0');
  assert.match(said, 'lease: expected a whole number from 1 to 2147483647, got 1.5');
  assert.match(said, "maxEntryBytes: expected a whole number from 1 to 2147483647, got 'many'");
  assert.not.match(said, 'hunter2');
});

test('a URL is not guessed at: no number of a database, a password that ends early, TLS without it', () => {
  assert.match(
    problemsOf({ url: 'redis://host/cache', prefix: 'a' }),
    "expected the number of a database behind the /, got '/cache'",
  );
  assert.match(problemsOf({ url: 'redis://u:p#ss@host', prefix: 'a' }), 'write # as %23');
  assert.match(
    problemsOf({ url: 'redis://host', prefix: 'a', tls: {} }),
    'tls: expected a rediss:// URL with it, got redis://',
  );
  assert.match(problemsOf({ url: 'redis://host:99999', prefix: 'a' }), 'url: expected host and port');
  assert.match(
    problemsOf({ url: 'redis://host' }),
    'prefix: expected 1 to 100 letters, digits, ., _ or -, got undefined',
  );
  assert.match(problemsOf({ prefix: 'a' }), "url: expected redis://, rediss:// or unix://, got ''");
});

test('a shared cache says what it needs', () => {
  assert.throws(
    () => new SharedCache({} as SharedCacheOptions),
    /tier: expected redisTier\(\{ url, prefix \}\), got undefined/,
  );
});

test.run();
