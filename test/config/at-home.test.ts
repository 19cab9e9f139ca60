import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atHome } from '../../src/config/at-home.js';
import { configSchema } from '../../src/config/config.js';
import { scopeOf } from '../../src/foundation/scope.js';

const config = configSchema.parse({ store: { dir: 'data' } });

test('relative folders begin at home', () => {
  const scope = scopeOf({ site: 'a42', device: 'north' });
  assert.is(atHome(config, '/srv/edge', scope).store.dir, '/srv/edge/data');
});

test('what a tenant stores is in a folder of its own', () => {
  const scope = scopeOf({ site: 'a42', device: 'north', tenant: 'city' });
  assert.is(atHome(config, '/srv/edge', scope).store.dir, '/srv/edge/data/tenants/city');
});

test.run();
