import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { scopeFolder, scopeOf } from '../../src/foundation/scope.js';

test('a scope without a tenant has the folder itself, with one a folder of its own in it', () => {
  const scope = scopeOf({ site: 'a42-south', device: 'cam_1' });
  assert.equal(scope, { site: 'a42-south', device: 'cam_1', tenant: null });
  assert.is(scopeFolder(scope, '/data'), '/data');
  assert.is(scopeFolder(scopeOf({ ...scope, tenant: 'city' }), '/data'), '/data/tenants/city');
});

test('names that could leave their level of a topic or their folder are refused', () => {
  assert.throws(() => scopeOf({ site: 'a/b', device: 'c' }), /site: expected .*got "a\/b"/);
  assert.throws(() => scopeOf({ site: 'a', device: '_site' }), /device: expected/);
  assert.throws(() => scopeOf({ site: 'a', device: 'b', tenant: '..' }), /tenant: expected .*got "\.\."/);
});

test.run();
