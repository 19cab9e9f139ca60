import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type AskedOutcome, AskedWork } from '../../src/runtime/asked-work.js';

/** Resolves when the signal is aborted, as work that heeds it does. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

const asked = <Made>(
  work: AskedWork<string>,
  key: string,
  make: (signal: AbortSignal) => Promise<Made>,
): Promise<AskedOutcome<Made>> => new Promise((resolve) => work.ask(key, make, resolve));

test('one is done after the other, and what is asked for meanwhile once', async () => {
  const work = new AskedWork<string>(60_000);
  const log: string[] = [];
  const doing = (name: string) => async (): Promise<string> => {
    log.push(`${name} begins`);
    await Promise.resolve();
    log.push(`${name} ends`);
    return name;
  };
  const first = asked(work, 'a', doing('first'));
  work.ask('a', doing('again'), () => log.push('again told'));
  const second = asked(work, 'b', doing('second'));
  assert.equal(await Promise.all([first, second]), [{ made: 'first' }, { made: 'second' }]);
  assert.equal(log, ['first begins', 'first ends', 'second begins', 'second ends']);
  assert.equal(await asked(work, 'a', doing('later')), { made: 'later' });
});

test('what fails says why, and what takes too long is ended', async () => {
  const work = new AskedWork<string>(20);
  const failing = asked(work, 'a', () => Promise.reject(new Error('no such file')));
  const long = asked(work, 'b', untilAborted);
  // the signal's own timer keeps no process alive
  const alive = setInterval(() => undefined, 10);
  assert.equal(await failing, { failure: 'no such file' });
  assert.equal(await long, { failure: 'it took longer than 0.02 s' });
  clearInterval(alive);
});

test('stopped, what is under way and what waits end, and it may be asked again', async () => {
  const work = new AskedWork<string>(60_000);
  const running = asked(work, 'a', untilAborted);
  let began = false;
  const waiting = asked(work, 'b', async () => {
    began = true;
  });
  await work.stop();
  assert.equal(await Promise.all([running, waiting]), [
    { failure: 'the program stops' },
    { failure: 'the program stops' },
  ]);
  assert.is(began, false);
  assert.equal(await asked(work, 'a', async () => 7), { made: 7 });
});

test.run();
