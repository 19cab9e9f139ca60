import { release } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readIdentity } from '../../../src/board/machine/system-information.js';

test('what this machine is: the kernel that Node knows, and no placeholder of a maker', async () => {
  const identity = (await readIdentity())!;
  assert.is(identity.kernel, release());
  assert.ok(identity.os.length > 0);
  for (const text of Object.values(identity) as string[]) assert.not.match(text, /^-$|to be filled|default string/i);
});

test.run();
