import { ConfigError } from '../foundation/errors.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../foundation/past-time.js';
import { readDatabase } from '../store/read-database.js';
import { countTrials, hasTrials, type TrialQuery, trialStatements, trialsAsked, UNDER_WAY } from '../store/trials.js';
import { parseTrials, type TrialRecord, type TrialScore } from '../tune/trials/trial.js';
import { type HistoryPlace, historyFile } from './history/file.js';
import { oneLine, print, printCsv, printJson, printTable } from './print.js';
import { isoTime, lengthOfTime, longTime } from './times.js';

export interface ShowTrialsOptions extends HistoryPlace {
  /** As they were typed; default a week ago, and now. */
  readonly since?: string;
  readonly until?: string;
  readonly strategy?: string;
  readonly verdict?: string;
  /** A page has so many. */
  readonly limit: number;
  /** From 1. */
  readonly page: number;
  readonly csv?: boolean;
  readonly json?: boolean;
}

const LEAST_SAME = 3;

/** Trials as they were found, and how many there are in all. */
interface FoundTrials {
  /** Newest first. */
  readonly trials: readonly TrialRecord[];
  readonly total: number;
}

/**
 * `trials`: what the tuning tried and what became of it, as the history has it, also while the program runs.
 *
 * @param now Unix ms
 * @returns the exit code
 * @throws ConfigError where there is no history, EdgeError E_OUTPUT where it cannot be read
 */
export function showTrials(options: ShowTrialsOptions, now = Date.now()): number {
  const { limit, page, strategy, verdict, csv, json } = options;
  if (csv && json) throw refused(['--csv and --json: expected one of them, got both']);
  const [since, until] = [timeOf('since', options.since ?? '7d', now), timeOf('until', options.until ?? 'now', now)];
  if (since > until) throw refused(['--since: expected a time before --until']);
  const query = { since, until, strategy, verdict, limit, skip: (page - 1) * limit };
  const found = readTrials(historyFile(options).file, query);
  if (json) printJson({ from: since, to: until, page, limit, total: found.total, trials: found.trials });
  else if (csv) tellInCsv(found);
  else tellInTable(found, options, since);
  return 0;
}

function readTrials(file: string, query: TrialQuery): FoundTrials {
  const database = readDatabase(file);
  try {
    // a program of an earlier version wrote it
    if (!hasTrials(database)) return { trials: [], total: 0 };
    const statements = trialStatements(database);
    const stored = trialsAsked(statements, query);
    return { trials: parseTrials(stored.map(({ record }) => record)), total: countTrials(statements, query) };
  } finally {
    database.close();
  }
}

function tellInTable({ trials, total }: FoundTrials, options: ShowTrialsOptions, since: number): void {
  if (trials.length === 0) {
    for (const line of emptyInWords(total, options, since)) print(line);
    return;
  }
  printTable(['when (UTC)', 'strategy', 'change', 'score', 'verdict', 'why'], trials.map(rowOf));
  const { limit, page } = options;
  const pages = Math.ceil(total / limit);
  if (pages > 1)
    print(`page ${page} of ${pages}, ${total} trials in all; --page ${page < pages ? page + 1 : 1} shows others`);
}

function emptyInWords(total: number, { strategy, verdict, page, limit }: ShowTrialsOptions, since: number): string[] {
  if (total > 0) return [`page ${page} is behind the last one: there are ${total} trials, ${limit} a page`];
  const asked = [verdict, strategy && `of ${strategy}`].filter(Boolean).join(' ');
  return [
    `no trials${asked === '' ? '' : ` (${asked})`} since ${longTime(since)} UTC: nothing was found that promised to be better than what stands, or tuning is off`,
    'edge-optimizer optimize --dry-run asks the running program what it would try; --since 30d looks further back',
  ];
}

function rowOf(trial: TrialRecord): string[] {
  const { startedAt, endedAt, strategy, from, to, before, after, verdict, why, reason, isEmergency, undone } = trial;
  const lasted = endedAt === null ? '' : ` after ${lengthOfTime(endedAt - startedAt)}`;
  const stuck = undone === false ? ', not taken back yet' : '';
  return [
    longTime(Math.floor(startedAt / 1000) * 1000),
    isEmergency ? `${strategy} (at once)` : strategy,
    oneLine(changeIn(from, to)),
    `${scoreIn(before)} → ${scoreIn(after)}`,
    `${verdict ?? UNDER_WAY}${lasted}${stuck}`,
    oneLine(why ?? reason),
  ];
}

function tellInCsv({ trials }: FoundTrials): void {
  printCsv([
    'id',
    'started',
    'ended',
    'strategy',
    'emergency',
    'from',
    'to',
    'reason',
    'before',
    'after',
    'verdict',
    'why',
  ]);
  for (const {
    id,
    startedAt,
    endedAt,
    strategy,
    isEmergency,
    from,
    to,
    reason,
    before,
    after,
    verdict,
    why,
  } of trials) {
    const ended = endedAt === null ? '' : isoTime(endedAt);
    const scores = [before?.value ?? '', after?.value ?? ''];
    printCsv([
      id,
      isoTime(startedAt),
      ended,
      strategy,
      `${isEmergency}`,
      from,
      to,
      reason,
      ...scores,
      verdict ?? '',
      why ?? '',
    ]);
  }
}

/** Without the words that both end with, where these are many: operating points have long names. */
function changeIn(from: string, to: string): string {
  const [before, after] = [from.split(' '), to.split(' ')];
  let same = 0;
  while (same < Math.min(before.length, after.length) - 1 && before.at(-1 - same) === after.at(-1 - same)) same++;
  if (same < LEAST_SAME) return `${from} → ${to}`;
  const rest = (words: string[]) => words.slice(0, words.length - same).join(' ');
  return `${rest(before)} → ${rest(after)}`;
}

const scoreIn = (score: TrialScore | null): string =>
  score === null ? '-' : String(Number(score.value.toPrecision(3)));

/** @throws ConfigError */
function timeOf(name: string, text: string, now: number): number {
  const time = pastTime(text, now);
  if (time === null) throw refused([`--${name}: expected ${PAST_TIME_IN_WORDS}, got ${text || 'nothing'}`]);
  return time;
}

const refused = (problems: readonly string[]) => new ConfigError('no trials to show', problems);
