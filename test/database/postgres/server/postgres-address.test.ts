import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  isAddress,
  postgresAddress,
  withoutSecrets,
} from '../../../../src/database/postgres/server/postgres-address.js';

test('an address is shown without its password and its parameters', () => {
  const { shown } = postgresAddress('postgresql://ana:hunter2@db.example:5433/shop?sslmode=require');
  assert.is(shown, 'postgres://ana@db.example:5433/shop');
});

test('a socket stands in the place of a host', () => {
  assert.is(postgresAddress('postgres://ana@/shop?host=/run/postgresql').shown, 'postgres://ana@/run/postgresql/shop');
});

test('a password is masked in whatever way it is written', () => {
  const address = postgresAddress('postgres://ana:p%40ss@db/shop?password=other');
  assert.is(withoutSecrets('p@ss, p%40ss and other are wrong', address), '***, *** and *** are wrong');
});

test('what is no address of PostgreSQL is refused without its password', () => {
  for (const target of [
    'mysql://ana:hunter2@db/shop',
    'postgres://ana:hunter2@db:port/shop',
    'postgres://ana:hunt/er2@db/shop',
  ]) {
    assert.throws(
      () => postgresAddress(target),
      (error: Error) => /there is no database to look at/.test(error.message) && !/hunt/.test(error.message),
    );
  }
});

test('a file is no address', () => {
  assert.equal(['shop.db', './a:b.db', 'C:/shop.db', 'postgres://db/shop'].map(isAddress), [false, false, false, true]);
});

test.run();
