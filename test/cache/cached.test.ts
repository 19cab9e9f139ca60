import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Cache } from '../../src/cache/cache.js';
import { cachedWith } from '../../src/cache/cached.js';
import { Clock } from './parts.js';

const clock = new Clock();
const cache = new Cache({ now: clock.now });
const cached = cachedWith(cache);

test('wraps a function: the same arguments are computed once within the ttl', async () => {
  let calls = 0;
  const area = cached({ ttl: 1000 })(async function area(width: number, height: number) {
    calls++;
    return width * height;
  });
  assert.equal([await area(2, 3), await area(2, 3), await area(3, 2)], [6, 6, 6]);
  assert.is(calls, 2);
  clock.at += 1000;
  await area(2, 3);
  assert.is(calls, 3);
});

class Plans {
  calls = 0;
  constructor(readonly site: string) {}

  @cached({ ttl: 1000, tags: ['plans'] })
  async plan(day: string): Promise<string> {
    this.calls++;
    return `${this.site} on ${day}`;
  }

  @cached({
    keyPrefix: 'own',
    key(this: Plans, day: string) {
      return `${this.site}/${day}`;
    },
  })
  own(day: string): Promise<string> {
    this.calls++;
    return Promise.resolve(`${this.site} on ${day}`);
  }
}

class OtherPlans {
  @cached()
  async plan(day: string): Promise<string> {
    return `other on ${day}`;
  }
}

test('decorates a method: instances share entries, classes do not', async () => {
  const [a, b] = [new Plans('a'), new Plans('b')];
  assert.is(await a.plan('monday'), 'a on monday');
  assert.is(await b.plan('monday'), 'a on monday');
  assert.is(b.calls, 0);
  assert.is(await new OtherPlans().plan('monday'), 'other on monday');
});

test('tags of a decorated method invalidate what it computed', async () => {
  const plans = new Plans('c');
  await plans.plan('tuesday');
  cache.invalidateByTags(['plans']);
  await plans.plan('tuesday');
  assert.is(plans.calls, 2);
});

test("a key of one's own sees the instance and the prefix begins it", async () => {
  const [a, b] = [new Plans('a'), new Plans('b')];
  assert.is(await a.own('monday'), 'a on monday');
  assert.is(await b.own('monday'), 'b on monday');
  assert.is(cache.get('own:b/monday'), 'b on monday');
});

test("arguments that JSON cannot tell apart ask for a key of one's own", async () => {
  const read = cached()(async function read(_bytes: unknown) {
    return 1;
  });
  for (const argument of [new Map(), () => 1, undefined, Number.NaN]) {
    await read(argument).then(
      () => assert.unreachable(),
      (error) => assert.match(error.message, /give `key`/),
    );
  }
});

test('an anonymous function needs a prefix', () => {
  assert.throws(() => cached()(async () => 1), /give keyPrefix/);
});

test.run();
