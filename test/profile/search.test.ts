import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { replay } from '../../bench/profile/replay.js';
import { syntheticSurface } from '../../bench/profile/synthetic-surface.js';
import { BruteForce } from '../../src/profile/brute-force.js';
import { type Configuration, nameOf, profileSpace } from '../../src/profile/configuration.js';
import { type PerformanceReading, ProfileSearch } from '../../src/profile/search.js';

const VARIANTS = [
  { id: 'small', precision: 'fp32', width: 320, height: 192 },
  { id: 'large', precision: 'fp32', width: 640, height: 384 },
];
const OPTIONS = { variants: VARIANTS, share: 0.25, group: 4 };

/** A device of 8 cores on which everything multiplies. */
const readingOf = ({ variant, threads, batch, workers }: Configuration): PerformanceReading => {
  const p50Ms = (variant === 'small' ? 10 : 40) * threads ** -0.6 * batch ** 0.95 * workers ** 0.1;
  return { p50Ms, imagesPerSecond: (1000 * batch * workers) / p50Ms };
};

function runThrough(search: ProfileSearch): Configuration[] {
  const asked: Configuration[] = [];
  for (let group = search.next(); group.length > 0; group = search.next()) {
    for (const configuration of group) search.record(configuration, readingOf(configuration));
    asked.push(...group);
  }
  return asked;
}

const space = profileSpace({ variants: VARIANTS, providers: ['cpu'], cpus: 8 });

test('the best latency and the best throughput are found with a quarter of the measurements', () => {
  const asked = runThrough(new ProfileSearch(space, OPTIONS)).map(nameOf);
  assert.ok(asked.length <= space.length / 4, `${asked.length} of ${space.length}`);
  assert.ok(asked.includes('small cpu 8 threads batch 1 × 1'));
  assert.ok(asked.includes('small cpu 1 thread batch 8 × 8'));
  assert.is(new Set(asked).size, asked.length);
});

test('every variant is measured at least once', () => {
  const variants = runThrough(new ProfileSearch(space, OPTIONS)).map(({ variant }) => variant);
  assert.equal([...new Set(variants)].sort(), ['large', 'small']);
});

test('on made-up devices 95 % of the best is reached with a quarter of the measurements', () => {
  const all = Array.from({ length: 16 }, (_, seed) => {
    const surface = syntheticSurface(seed);
    return replay(surface.space, surface.variants, surface);
  });
  assert.is(
    all.every(({ measuredShare }) => measuredShare <= 0.25),
    true,
  );
  const good = all.filter(({ latency, throughput }) => latency >= 0.95 && throughput >= 0.95);
  assert.ok(good.length >= 15, `${good.length} of 16`);
});

test('the same readings lead to the same questions', () => {
  assert.equal(runThrough(new ProfileSearch(space, OPTIONS)), runThrough(new ProfileSearch(space, OPTIONS)));
});

test('what is known already counts and is not asked again', () => {
  const search = new ProfileSearch(space, OPTIONS);
  const earlier = runThrough(new ProfileSearch(space, OPTIONS)).slice(0, 8);
  for (const configuration of earlier) search.record(configuration, readingOf(configuration));
  const later = runThrough(search);
  assert.ok(earlier.length + later.length <= space.length / 4);
  const known = new Set(earlier.map(nameOf));
  assert.is(
    later.some((one) => known.has(nameOf(one))),
    false,
  );
});

test('a variant that a provider refused is not asked of it again', () => {
  const search = new ProfileSearch(space, OPTIONS);
  const [first] = search.next();
  search.fail(first!, true);
  const asked = runThrough(search);
  assert.ok(asked.length > 0);
  assert.is(
    asked.some(({ variant }) => variant === first!.variant),
    false,
  );
});

test('what failed while running is not tried with more of anything', () => {
  const search = new ProfileSearch(space, OPTIONS);
  search.fail({ variant: 'large', provider: 'cpu', threads: 1, batch: 4, workers: 1 }, false);
  const asked = runThrough(search);
  assert.is(
    asked.some(({ variant, batch }) => variant === 'large' && batch >= 4),
    false,
  );
});

test('brute force asks for everything once', () => {
  const plan = new BruteForce(space, 5);
  let asked = 0;
  for (let group = plan.next(); group.length > 0; group = plan.next()) {
    assert.ok(group.length <= 5);
    for (const configuration of group) plan.record(configuration);
    asked += group.length;
  }
  assert.is(asked, space.length);
});

test('threads times workers stay within the cores', () => {
  const names = profileSpace({ variants: VARIANTS.slice(0, 1), providers: ['cpu'], cpus: 2, batches: [1] }).map(nameOf);
  assert.equal(names, [
    'small cpu 1 thread batch 1 × 1',
    'small cpu 1 thread batch 1 × 2',
    'small cpu 2 threads batch 1 × 1',
  ]);
});

test('threads and workers that were both named are taken as they are', () => {
  const limits = {
    variants: VARIANTS.slice(0, 1),
    providers: ['cpu'],
    cpus: 2,
    batches: [1],
    threads: [2],
    workers: [2],
  };
  assert.equal(profileSpace(limits).map(nameOf), ['small cpu 2 threads batch 1 × 2']);
});

test('a GPU has one thread per session', () => {
  const found = profileSpace({ variants: VARIANTS, providers: ['cuda'], cpus: 8, batches: [1, 32] });
  assert.equal([...new Set(found.map(({ threads }) => threads))], [1]);
  assert.equal([...new Set(found.map(({ workers }) => workers))], [1, 2, 4]);
});

test('failures do not count as measurements', () => {
  // twelve configurations of a model that its file does not betray: it takes one picture at a time
  const few = profileSpace({ variants: VARIANTS.slice(0, 1), providers: ['cpu'], cpus: 2 });
  const search = new ProfileSearch(few, { ...OPTIONS, variants: VARIANTS.slice(0, 1) });
  const measured: string[] = [];
  for (let group = search.next(); group.length > 0; group = search.next()) {
    for (const configuration of group) {
      if (configuration.batch > 1) search.fail(configuration, false);
      else {
        measured.push(nameOf(configuration));
        search.record(configuration, readingOf(configuration));
      }
    }
  }
  assert.equal(measured.sort(), [
    'small cpu 1 thread batch 1 × 1',
    'small cpu 1 thread batch 1 × 2',
    'small cpu 2 threads batch 1 × 1',
  ]);
});

test('a variant that takes one number of pictures is tried with that alone', () => {
  const variants = [{ ...VARIANTS[0]!, batch: 1 }, VARIANTS[1]!];
  const batches = (limits: object = {}) => {
    const made = profileSpace({ variants, providers: ['cpu'], cpus: 1, ...limits });
    return made.map(({ variant, batch }) => `${variant} ${batch}`);
  };
  assert.equal(batches(), ['small 1', 'large 1', 'large 2', 'large 4', 'large 8']);
  assert.equal(batches({ batches: [2] }), ['large 2']);
});

test.run();
