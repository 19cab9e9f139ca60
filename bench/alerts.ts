import { existsSync } from 'node:fs';
import { quantile } from '../src/foundation/statistics.js';
import { Random } from '../src/simulator/random.js';
import { deviceMinutes, FAULT_KINDS, type Fault, faultsOf, MINUTES_A_DAY } from './alerts/device-days.js';
import { adaptiveFinder, sigmaFinder } from './alerts/fault-finders.js';
import {
  delayOf,
  type Episode,
  episodesOf,
  type FaultFinder,
  type FaultScore,
  scoreFaults,
} from './alerts/fault-score.js';
import { goldenScores, nabSeries } from './alerts/nab-corpus.js';
import { type NabDetector, ours, RIVALS } from './alerts/nab-detectors.js';
import { NAB_PROFILES, NabScoring, type NabSeries } from './alerts/nab-score.js';
import { madeUpLoad, type TrafficLoad, trafficLoad } from './alerts/traffic-load.js';
import { flag, OptionError, optionalText, readOptions, wholeNumber } from './harness/options.js';
import type { BenchReport, Goal, Row } from './harness/report.js';
import { median, round } from './harness/statistics.js';

const USAGE = `npm run -s bench -- alerts [--nab DIR] [--traffic FILE] [--rounds 5] [--seed 1] [--quick]

The detector of adaptive alerts on the Numenta Anomaly Benchmark, beside rivals and published detectors (--nab: a copy of its
repository, or a part; without it this is left out), and adaptive alerts on faults in made-up metrics of a device, whose load is that of
a road (--traffic: hourly counts of the Metro Interstate set; else a made-up week), beside limits at 3 standard deviations.
--rounds 0 leaves the faults out; --quick: 1 round.
`;

const HALVINGS = 60;
const LEARN_DAYS = 14;
const FAULT_DAYS = 14;
const QUIET_DAYS = 28;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);

/** How the detector scores, and how adaptive alerts tell of faults. */
export async function run(args: string[]): Promise<BenchReport> {
  const {
    nab: corpus,
    traffic,
    rounds,
    seed,
  } = readOptions(args, USAGE, {
    nab: optionalText,
    traffic: optionalText,
    rounds: wholeNumber({ least: 0, usual: 5, quick: 1 }),
    seed: wholeNumber({ least: 0, usual: 1 }),
    quick: flag,
  });
  if (corpus !== null && !existsSync(corpus)) throw new OptionError(`--nab: there is no ${corpus}`);
  const hours = 24 * (LEARN_DAYS + FAULT_DAYS + QUIET_DAYS) + 2;
  const load = traffic === null ? madeUpLoad : trafficLoad(traffic, hours);
  const nab = corpus === null ? null : scoreCorpus(corpus);
  const faults = rounds === 0 ? null : findFaults(rounds, seed, load);
  return {
    name: 'alerts',
    rows: [...(nab?.rows ?? []), ...(faults?.rows ?? [])],
    goals: [...(nab?.goals ?? []), ...(faults?.goals ?? [])],
    notes: [
      ...(nab === null ? ['--nab was not given: the detector was not scored.'] : nab.notes),
      ...(faults === null ? [] : [`load: ${traffic === null ? 'a made-up week' : 'counts of a real road'}.`]),
    ],
  };
}

interface Part {
  readonly rows: Row[];
  readonly goals: Goal[];
  readonly notes: string[];
}

function scoreCorpus(folder: string): Part {
  const series = nabSeries(folder);
  const golden = goldenScores(folder, series).map(
    ({ detector, byFile }): NabDetector => ({
      name: `published ${detector}`,
      untuned: null,
      scores: ({ file }) => [...byFile[file]!],
    }),
  );
  const scored = [ours, ...RIVALS, ...golden].map((detector) => ({
    detector,
    scores: series.map((one) => detector.scores(one)),
  }));
  const rows = scored.map(({ detector, scores }) => corpusRow(detector, series, scores));
  const windows = series.reduce((sum, one) => sum + one.windows.length, 0);
  const [{ standard, standardUntuned }] = rows as [ReturnType<typeof corpusRow>];
  return {
    rows,
    goals: [
      { name: 'NAB, standard profile, best threshold', value: standard, goal: '>= 58', met: standard >= 58 },
      {
        name: 'NAB, standard profile, threshold that ships',
        value: standardUntuned,
        goal: '>= 58',
        met: standardUntuned !== null && standardUntuned >= 58,
      },
    ],
    notes: [`NAB: ${series.length} series with ${windows} windows.`],
  };
}

function corpusRow(detector: NabDetector, series: readonly NabSeries[], scores: readonly (readonly number[])[]) {
  const scoring = (profile: keyof typeof NAB_PROFILES) => new NabScoring(series, scores, NAB_PROFILES[profile]);
  const standard = scoring('standard');
  const best = standard.best();
  const { untuned } = detector;
  const halves = otherHalves(series, scores);
  return {
    case: `NAB: ${detector.name}`,
    standard: round(best.normalised),
    lowFP: round(scoring('lowFalsePositives').best().normalised),
    lowFN: round(scoring('lowFalseNegatives').best().normalised),
    threshold: round(best.threshold),
    untuned,
    standardUntuned: untuned === null ? null : round(standard.at(untuned).normalised),
    found: best.foundWindows,
    falseAlarms: best.falseAlarms,
    otherHalf: round(median(halves)),
    otherHalfP10: round(quantile(halves, 0.1) ?? Number.NaN),
  };
}

/** The threshold of one half of the files on the other half, for many ways to halve them. */
function otherHalves(series: readonly NabSeries[], scores: readonly (readonly number[])[]): number[] {
  const source = new Random(1);
  const random = () => source.next();
  const scoringOf = (files: readonly number[]) =>
    new NabScoring(
      files.map((i) => series[i]!),
      files.map((i) => scores[i]!),
      NAB_PROFILES.standard,
    );
  return Array.from({ length: HALVINGS }, () => {
    const files = series
      .map((_, i) => [random(), i] as const)
      .sort(([a], [b]) => a - b)
      .map(([, i]) => i);
    const half = Math.floor(files.length / 2);
    return scoringOf(files.slice(half)).at(scoringOf(files.slice(0, half)).best().threshold).normalised;
  }).filter(Number.isFinite);
}

/** What one way to find faults did in one round. */
interface FaultRound {
  readonly score: FaultScore;
  readonly falseAWeek: number;
  readonly usPerMinute: number;
}

function findFaults(rounds: number, seed: number, load: TrafficLoad): Part {
  const finders = [
    { name: 'adaptive alerts', make: adaptiveFinder },
    { name: 'mean ± 3 σ of two weeks', make: () => sigmaFinder(LEARN_DAYS * MINUTES_A_DAY) },
  ];
  const results = finders.map(({ name, make }) => ({
    name,
    rounds: Array.from({ length: rounds }, (_, i) => faultRound(make(), seed + 100 * i, load)),
  }));
  const rows = results.map(({ name, rounds: done }) => faultRows(name, done));
  const [{ recall, precision }] = rows[0]!;
  return {
    rows: rows.flat(),
    goals: [
      { name: 'faults that were found', value: recall, goal: '>= 0.9', met: recall >= 0.9 },
      { name: 'alerts with a fault behind them', value: precision, goal: '>= 0.9', met: precision >= 0.9 },
    ],
    notes: [],
  };
}

function faultRound(finder: FaultFinder, seed: number, load: TrafficLoad): FaultRound {
  const source = new Random(seed);
  const random = () => source.next();
  const faults: Fault[] = faultsOf(LEARN_DAYS, FAULT_DAYS, random);
  const days = LEARN_DAYS + FAULT_DAYS + QUIET_DAYS;
  const before = process.cpuUsage();
  const minutes = deviceMinutes(days * MINUTES_A_DAY, load, faults, random);
  const episodes = episodesOf(finder, minutes, START);
  const { user } = process.cpuUsage(before);
  const quietFrom = (LEARN_DAYS + FAULT_DAYS) * MINUTES_A_DAY;
  const isQuiet = (episode: Episode) => episode.from >= quietFrom;
  const counted = episodes.filter((episode) => !isQuiet(episode));
  return {
    score: scoreFaults(counted, faults, LEARN_DAYS * MINUTES_A_DAY),
    falseAWeek: episodes.filter(isQuiet).length / (QUIET_DAYS / 7),
    usPerMinute: user / (days * MINUTES_A_DAY),
  };
}

/** All kinds together, and each for itself. */
function faultRows(name: string, rounds: readonly FaultRound[]) {
  const found = rounds.flatMap(({ score }) => score.delays);
  const missed = rounds.flatMap(({ score }) => score.missed);
  const alerts = (what: (round: FaultRound) => number) => rounds.reduce((sum, one) => sum + what(one), 0);
  const all = {
    case: `faults: ${name}`,
    recall: round(found.length / (found.length + missed.length)),
    precision: round(alerts(({ score }) => score.precision) / rounds.length),
    worstRecall: round(Math.min(...rounds.map(({ score }) => score.recall))),
    worstPrecision: round(Math.min(...rounds.map(({ score }) => score.precision))),
    delayMin: delayOf(found).median,
    delayP90: delayOf(found).p90,
    falseAWeek: round(alerts(({ falseAWeek }) => falseAWeek) / rounds.length),
    usPerMinute: round(median(rounds.map(({ usPerMinute }) => usPerMinute))),
  };
  const kinds = FAULT_KINDS.map((fault) => {
    const [hits, misses] = [found, missed].map((some) => some.filter(({ kind }) => kind === fault).length);
    return {
      case: `faults: ${name}, ${fault}`,
      recall: round(hits! / (hits! + misses!)),
      delayMin: delayOf(found, fault).median,
      delayP90: delayOf(found, fault).p90,
    };
  });
  return [all, ...kinds] as const;
}
