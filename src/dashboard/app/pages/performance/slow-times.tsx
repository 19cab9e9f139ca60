import type { HappeningsReply } from '../../../api/happenings.js';
import type { SlowTimesReply } from '../../../api/performance.js';
import type { Asked } from '../../data/api.ts';
import { HappeningList, stretch } from '../../kit/happenings.tsx';
import { Answered } from '../../kit/state.tsx';
import { chooseTime } from '../../kit/time-window.tsx';
import { dayAndTime, duration, number, percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { type PerformanceWords, performanceWords } from './words.ts';

type SlowTime = SlowTimesReply['times'][number];
type Cause = SlowTime['causes'][number];

/** What happened so shortly before a slow time may have brought it about. */
const BEFORE_MS = 600_000;
/** Of what happened then; a board in need tries dozens of things. */
const AT_FIRST = 6;

interface SlowTimesProps {
  readonly asked: Asked<SlowTimesReply>;
  readonly happenings: HappeningsReply | null;
}

/** When the board was slow, why, and what to do. */
export function SlowTimes({ asked, happenings }: SlowTimesProps) {
  const words = useWords(performanceWords);
  return (
    <section class="card" aria-live="polite">
      <h2>{words.whyTitle}</h2>
      <Answered asked={asked}>
        {({ times, usualFrom }) => (
          <>
            {times.length === 0 && <p>{words.never}</p>}
            {times.map((time) => (
              <One key={time.from} time={time} happenings={happenings} />
            ))}
            <p class="soft">{words.whyHint(dayAndTime(usualFrom))}</p>
          </>
        )}
      </Answered>
    </section>
  );
}

function One({ time, happenings }: { readonly time: SlowTime; readonly happenings: HappeningsReply | null }) {
  const words = useWords(performanceWords);
  const { from, to, sign, was, usual, stages, causes } = time;
  const [first, ...others] = causes;
  const then = (happenings?.happenings ?? [])
    .map((one, index) => [index + 1, one] as const)
    .filter(([, { at, until, kind }]) => kind !== 'throttled' && at < to && (until ?? to) >= from - BEFORE_MS);
  const write = sign === 'latency' ? milliseconds : percent;
  return (
    <article class="slow-time">
      <h3>
        {stretch(from, to)} <span class="soft">({duration(Math.round((to - from) / 1000))})</span>
      </h3>
      <p>
        {words[sign](write(was), write(usual))}{' '}
        {stages.length > 0 &&
          words.stages(
            stages
              .map(({ stage, was, usual }) =>
                words.stageGrown(stageName(stage, words), milliseconds(was), milliseconds(usual)),
              )
              .join(', '),
          )}
      </p>
      {first === undefined ? (
        <p>{words.noCause}</p>
      ) : (
        <p>
          <strong>
            {words.likely} {causeInWords(first, time, words)}.
          </strong>{' '}
          {words[`${first.suspect}Do`]}
        </p>
      )}
      {others.length > 0 && (
        <p class="soft">
          {words.also}: {others.map((cause) => causeInWords(cause, time, words)).join('; ')}.
        </p>
      )}
      {then.length > 0 && (
        <>
          <h4>{words.happenedThen}</h4>
          <HappeningList numbered={then} atFirst={AT_FIRST} />
        </>
      )}
      <button type="button" onClick={() => chooseTime(from - 2 * BEFORE_MS, to + 2 * BEFORE_MS)}>
        {words.look}
      </button>
    </article>
  );
}

/** A step of the work, as people call it. */
export const stageName = (stage: string, words: PerformanceWords): string => words[stage as 'infer'] ?? stage;

export const milliseconds = (ms: number | null): string => withUnit(ms, 'ms', ms !== null && ms < 10 ? 1 : 0);

function causeInWords({ suspect, was, usual, unit }: Cause, time: SlowTime, words: PerformanceWords): string {
  const write = (value: number | null): string => {
    if (unit === 'share') return percent(value);
    if (unit === 'MHz') return megahertz(value);
    return unit === '%' ? withUnit(value, '%') : number(value, 1);
  };
  const text = words[suspect](write(was), write(usual));
  if (suspect !== 'heat' || time.temperature === null) return text;
  return text + words.heatNumbers(withUnit(time.temperature, '°C'), megahertz(time.clock), megahertz(time.usualClock));
}

/** `1.1 GHz`. */
export const megahertz = (value: number | null): string =>
  value !== null && value >= 1000 ? withUnit(value / 1000, 'GHz', 1) : withUnit(value, 'MHz');
