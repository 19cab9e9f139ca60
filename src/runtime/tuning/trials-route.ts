import { OPTIMIZATIONS } from '../../config/optimizations.js';
import type { HttpReply, HttpRoute } from '../../foundation/http-route.js';
import { PAST_TIME_IN_WORDS, pastTime } from '../../foundation/past-time.js';
import { repeatedWord, unknownWord } from '../../http/query-words.js';
import { json, problemReply } from '../../http/server.js';
import { type TrialStore, UNDER_WAY } from '../../store/trials.js';
import { VERDICTS } from '../../telemetry/mqtt/messages/trial.js';

const WORDS = ['since', 'until', 'strategy', 'verdict', 'limit', 'skip'];
const DEFAULT_SINCE = '7d';
const MOST = 1000;
const USUAL = 100;
const MOST_SKIPPED = 1_000_000;

/** What may be asked for as a verdict. */
const ASKED_VERDICTS: readonly string[] = [...VERDICTS, UNDER_WAY];

/** `GET /api/trials?since=7d&strategy=cache&verdict=kept&limit=100&skip=0`: what was tried, newest first. */
export function trialsRoute(store: Pick<TrialStore, 'read'>, now: () => number): HttpRoute {
  return { path: '/api/trials', handle: (query) => answerTo(query, store, now()) };
}

function answerTo(query: URLSearchParams, store: Pick<TrialStore, 'read'>, now: number): HttpReply {
  const word = (name: string) => query.get(name) ?? undefined;
  const since = pastTime(word('since') ?? DEFAULT_SINCE, now);
  const until = word('until') === undefined ? now : pastTime(word('until')!, now);
  const limit = wholeNumber(word('limit'), USUAL, 1, MOST);
  const skip = wholeNumber(word('skip'), 0, 0, MOST_SKIPPED);
  const strangeWord = unknownWord(query, WORDS) ?? repeatedWord(query, WORDS);
  const problems = [
    strangeWord,
    since === null && `since: expected ${PAST_TIME_IN_WORDS}, got ${word('since') || 'nothing'}`,
    until === null && `until: expected ${PAST_TIME_IN_WORDS}, got ${word('until') || 'nothing'}`,
    unknownOf('strategy', word('strategy'), OPTIMIZATIONS),
    unknownOf('verdict', word('verdict'), ASKED_VERDICTS),
    limit === null && `limit: expected a whole number from 1 to ${MOST}, got ${word('limit') || 'nothing'}`,
    skip === null && `skip: expected a whole number from 0 to ${MOST_SKIPPED}, got ${word('skip') || 'nothing'}`,
  ].filter((problem) => typeof problem === 'string');
  if (problems.length > 0 || since === null || until === null || limit === null || skip === null)
    return problemReply(problems);
  const trials = store.read({ since, until, strategy: word('strategy'), verdict: word('verdict'), limit, skip });
  if (trials === null) return problemReply(['the history cannot be read now: the log says why'], 503);
  return json({ from: since, to: until, trials: trials.map(({ record }) => record) });
}

/** That a word is none of those known; null where it is one, or is not there. */
export function unknownOf(name: string, value: string | undefined, known: readonly string[]): string | null {
  if (value === undefined || known.includes(value)) return null;
  return `${name}: expected one of ${known.join(', ')}, got ${value || 'nothing'}`;
}

/** null where it is none in the range. */
function wholeNumber(value: string | undefined, usual: number, least: number, most: number): number | null {
  if (value === undefined) return usual;
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  return number >= least && number <= most ? number : null;
}
