import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceInWords, SENTENCE_LANGUAGES } from '../../src/collector/unlike/sentences.js';
import {
  COMPARED_NAMES,
  type ComparedDevice,
  type ComparedName,
  compareByKind,
} from '../../src/collector/unlike/unlike.js';
import { Random } from '../../src/simulator/random.js';

type Values = Partial<Record<ComparedName, number | null>>;

const NOTHING = Object.fromEntries(COMPARED_NAMES.map((name) => [name, null])) as Record<ComparedName, null>;
const device = (whose: string, values: Values, kind = 'orin'): ComparedDevice<string> => {
  return { whose, kind, values: { ...NOTHING, ...values } };
};

/** Roughly normal. */
const about = (random: Random, middle: number, deviation: number): number =>
  middle + deviation * (Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, 0) - 6);

const alike = (count: number, seed: number, kind = 'orin'): ComparedDevice<string>[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) =>
    device(
      `${kind}-${index}`,
      {
        accuracy: about(random, 0.95, 0.01),
        temperature: about(random, 55, 3),
        latencyMs: about(random, 30, 8),
        cpu: about(random, 40, 8),
        power: about(random, 7, 0.6),
        lost: 0,
      },
      kind,
    ),
  );
};

test('devices alike are unlike in nothing, however many there are', () => {
  for (const seed of [1, 2, 3]) {
    const { unlike, compared, tooFew } = compareByKind(alike(2000, seed));
    assert.equal([unlike.length, compared, tooFew], [0, 2000, 0]);
  }
});

test('five that are unlike are found with why, also where a third of all are unlike', () => {
  const odd: Values[] = [
    { temperature: 84 },
    { accuracy: 0.7, latencyMs: 31 },
    { latencyMs: 180 },
    { lost: 40 },
    { cpu: 95, power: 12, temperature: 84 },
  ];
  const all = [...alike(60, 7), ...odd.map((values, index) => device(`odd-${index}`, { accuracy: 0.95, ...values }))];
  const { unlike } = compareByKind(all);
  assert.equal(unlike.map(({ whose }) => whose).toSorted(), ['odd-0', 'odd-1', 'odd-2', 'odd-3', 'odd-4']);
  const byName = new Map(unlike.map((one) => [one.whose, one.differences.map(({ name }) => name)]));
  assert.equal(byName.get('odd-1'), ['accuracy']);
  assert.equal(byName.get('odd-4')!.toSorted(), ['cpu', 'power', 'temperature']);
  // the more numbers are unlike, the more unlike it is
  assert.ok(
    unlike.find(({ whose }) => whose === 'odd-4')!.score > unlike.find(({ whose }) => whose === 'odd-0')!.score,
  );
  const third = [...alike(20, 3), ...Array.from({ length: 9 }, (_, n) => device(`hot-${n}`, { temperature: 90 }))];
  assert.is(compareByKind(third).unlike.length, 9);
});

test('what is usual of one kind is not that of another, and of few nobody can say it', () => {
  const hot = Array.from({ length: 10 }, (_, n) => device(`hot-${n}`, { temperature: 80 + (n % 3) }, 'jetson'));
  const few = Array.from({ length: 7 }, (_, n) => device(`few-${n}`, { temperature: n * 20 }, 'pi'));
  assert.equal(compareByKind([...alike(50, 5), ...hot, ...few]), { unlike: [], compared: 60, tooFew: 7 });
});

test('a difference that means nothing is none among devices that are all the same, and no reading is no difference', () => {
  const same = Array.from({ length: 20 }, (_, n) => device(`${n}`, { temperature: 50, lost: 0 }));
  assert.equal(compareByKind([...same, device('a', { temperature: 58, lost: 2 })]).unlike, []);
  assert.equal(compareByKind([...same, device('b', {})]).unlike, []);
  const [found] = compareByKind([...same, device('c', { temperature: 35 })]).unlike;
  assert.equal([found!.whose, found!.differences[0]!.isWorse, found!.differences[0]!.times], ['c', false, -5]);
});

test('why is told in sentences, of everything that is compared, in each language', () => {
  const difference = { name: 'accuracy', value: 0.704, median: 0.951, times: -16.46, isWorse: true } as const;
  assert.is(
    differenceInWords(difference, 'en'),
    'The estimated accuracy is 70.4 %, those of its kind have 95.1 % in the median: 16.5 times their usual spread below.',
  );
  assert.is(
    differenceInWords(difference, 'es'),
    'La exactitud estimada es 70,4 %; los de su tipo tienen 95,1 % de mediana: 16,5 veces su dispersión habitual por debajo.',
  );
  assert.match(
    differenceInWords({ ...difference, name: 'clockS', value: 7200, median: 0, times: 3600 }, 'en'),
    'more than 30 times',
  );
  for (const language of SENTENCE_LANGUAGES) {
    const told = COMPARED_NAMES.map((name) => differenceInWords({ ...difference, name }, language));
    assert.is(new Set(told).size, COMPARED_NAMES.length);
  }
});

test.run();
