import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SMALL_POINT } from '../two-points.js';
import { TunedPictures } from './tuned-pictures.js';

test('while the board is at rest and pictures come, more effort is tried, and must pay', async () => {
  const pictures = new TunedPictures();
  await pictures.pass(5, { pictures: 1 });
  assert.is(await pictures.strategy.propose(), null, 'five pictures show nothing');
  await pictures.pass(55, { pictures: 1 });
  const { from, to, mustPay, windowMs } = (await pictures.strategy.propose())!;
  assert.equal([from, to, mustPay, windowMs], ['effort 1', 'effort 2', true, 900_000]);
});

test('a board that is busy, hot or late takes effort away at once, and gives it back only after a rest', async () => {
  for (const trouble of [{ cpuBusy: 0.9 }, { temperature: 85 }, { lateShare: 0.2 }]) {
    const pictures = new TunedPictures();
    await pictures.pass(60, { pictures: 1 });
    await pictures.pass(1, trouble);
    const change = (await pictures.strategy.propose())!;
    assert.equal([change.to, change.isEmergency], ['effort 0', true]);
    await pictures.strategy.apply(change);
    await pictures.pass(10, { pictures: 1 });
    assert.is(await pictures.strategy.propose(), null);
    await pictures.pass(60, { pictures: 1 });
    assert.is((await pictures.strategy.propose())!.to, 'effort 1');
  }
});

test('a board that is held back already leaves out all effort in one step', async () => {
  const pictures = new TunedPictures();
  pictures.compression.effort = 3;
  await pictures.pass(1, { throttledBy: ['heat'] as never, pictures: 1 });
  assert.is((await pictures.strategy.propose())!.to, 'effort 0');
});

test('the budget of the uplink comes first, and its change is made by whoever proposed it', async () => {
  const pictures = new TunedPictures();
  await pictures.pass(1, { cpuBusy: 0.9, pictures: 1 });
  const target = { point: SMALL_POINT, batchWindowMs: 0, inferenceIntervalMs: 0, compressionQuality: 50 };
  pictures.proposed = { target, knobs: ['compressionQuality'], from: 'a', to: 'b', reason: '1', windowMs: 1 };
  assert.is(await pictures.strategy.propose(), pictures.proposed);
  await pictures.strategy.apply(pictures.proposed);
  assert.is(pictures.compression.effort, 1);
});

test('what effort saves is part of the score, and the effort that was kept stands after a restart', async () => {
  const pictures = new TunedPictures();
  assert.equal(pictures.strategy.score(), { value: 0.8, parts: { quality: 0.8 } });
  pictures.compression.saved = 0.5;
  assert.is(pictures.strategy.score().value, 1.3);
  pictures.compression.effort = 2;
  pictures.strategy.kept();
  pictures.compression.effort = 1;
  await pictures.strategy.restore(null);
  assert.is(pictures.compression.effort, 2);
  pictures.kept.set('compression-effort', { effort: 9 });
  await pictures.strategy.restore(null);
  assert.is(pictures.compression.effort, 2);
});

test('an effort that was kept and then taken back does not come again after a restart', async () => {
  const pictures = new TunedPictures();
  await pictures.pass(60, { pictures: 1 });
  const undo = await pictures.strategy.apply((await pictures.strategy.propose())!);
  pictures.strategy.kept();
  await undo();
  assert.is(pictures.compression.effort, 1);
  // another strategy has kept its knobs in the same place since, without an effort
  await pictures.strategy.restore({ knobs: {} });
  assert.is(pictures.compression.effort, 1);
});

test.run();
