import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MalformedShare } from '../../src/capture/malformed-share.js';

test('the share is that of the pictures so far, then of about the last hundred', () => {
  const share = new MalformedShare();
  for (let picture = 1; picture <= 9; picture++) share.add(true);
  assert.is(share.share, null);
  share.add(false);
  assert.is(share.share, 0.9);
  for (let picture = 0; picture < 1000; picture++) share.add(picture % 4 === 0);
  assert.ok(Math.abs(share.share! - 0.25) < 0.01);
});

test('many are malformed from a tenth on, and until they are fewer than a fiftieth', () => {
  const share = new MalformedShare();
  const after = (pictures: number, isMalformed: (index: number) => boolean) => {
    for (let picture = 0; picture < pictures; picture++) share.add(isMalformed(picture));
    return share.many;
  };
  assert.is(
    after(200, (index) => index % 20 === 19),
    false,
  );
  assert.is(
    after(100, (index) => index % 2 === 0),
    true,
  );
  assert.is(
    after(200, (index) => index % 20 === 19),
    true,
  );
  assert.is(
    after(300, () => false),
    false,
  );
});

test.run();
