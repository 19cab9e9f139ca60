import './cache.css';
import type { CacheReply } from '../../../api/cache.js';
import { useApi } from '../../data/api.ts';
import { dividedBy, labelsOf, type Several, seriesOf, timesOf, together, useSeveral } from '../../data/several.ts';
import { Card } from '../../kit/card.tsx';
import { Chart, type Line } from '../../kit/chart.tsx';
import { Happenings, marksOf, throttledSpans, useHappenings } from '../../kit/happenings.tsx';
import { Answered } from '../../kit/state.tsx';
import { chooseTime, TimeWindowChooser, useTimeWords } from '../../kit/time-window.tsx';
import { StrategyTrials } from '../../kit/trials.tsx';
import { number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { GhostCard } from './ghosts.tsx';
import { OneCache } from './one-cache.tsx';
import { cacheWords } from './words.ts';

/** What the caches find and hold, what more memory would bring, and forgetting. */
export default function CachePage() {
  const words = useWords(cacheWords);
  const asked = useApi<CacheReply>('/api/v1/cache', { everyMs: 5000 });
  return (
    <>
      <p class="soft">{words.intro}</p>
      <Answered asked={asked}>
        {({ caches, ghosts, ghostsOff, trials }) => (
          <>
            <GhostCard ghosts={ghosts} ghostsOff={ghostsOff} />
            {caches.length > 1 && <p class="soft">{words.ofTenants}</p>}
            <div class="cards">
              {caches.map((cache) => (
                <OneCache key={cache.id} cache={cache} onChanged={asked.reload} />
              ))}
            </div>
            <Past />
            <StrategyTrials trials={trials} />
          </>
        )}
      </Answered>
    </>
  );
}

/** How much was found over the time that is chosen. */
function Past() {
  const words = useWords(cacheWords);
  const time = useTimeWords();
  const past = useSeveral(['cache_hits', 'cache_misses', 'cache_evictions'], time);
  const happenings = useHappenings(time);
  const around = { marks: marksOf(happenings.data), spans: throttledSpans(happenings.data), onChoose: chooseTime };
  return (
    <>
      <div class="chooser">
        <TimeWindowChooser />
      </div>
      <Answered asked={past}>
        {(data) => (
          <div class="cards">
            <PastChart
              title={words.pastTitle}
              hint={words.pastHint}
              data={data}
              lines={foundLines(data, words)}
              max={1}
              format={percent}
              around={around}
            />
            <PastChart
              title={words.lookupsTitle}
              hint={words.lookupsHint}
              data={data}
              lines={evictionLines(data, words)}
              format={(value) => number(value, 2)}
              around={around}
            />
          </div>
        )}
      </Answered>
      <Happenings asked={happenings} />
    </>
  );
}

interface PastChartProps {
  readonly title: string;
  readonly hint: string;
  readonly data: Several;
  readonly lines: readonly Line[];
  readonly max?: number;
  readonly format: (value: number) => string;
  readonly around: object;
}

function PastChart({ title, hint, data, lines, max, format, around }: PastChartProps) {
  const words = useWords(cacheWords);
  return (
    <Card title={title} hint={hint}>
      {lines.length === 0 ? (
        <p>{words.pastNone}</p>
      ) : (
        <Chart
          label={title}
          times={timesOf(data)}
          lines={lines}
          format={format}
          {...(max !== undefined && { max })}
          {...around}
        />
      )}
    </Card>
  );
}

const foundLines = (data: Several, words: (typeof cacheWords)['en']): Line[] =>
  labelsOf(data, 'cache_hits', 'tier').map((tier, index) => {
    const hits = together(seriesOf(data, 'cache_hits', { tier }), 'sum');
    const misses = together(seriesOf(data, 'cache_misses', { tier }), 'sum');
    const all = hits.map((hit, step) => (hit === null ? null : hit + (misses[step] ?? 0)));
    return { label: words[tier as 'memory'] ?? tier, values: dividedBy(hits, all), colour: index + 1 };
  });

const evictionLines = (data: Several, words: (typeof cacheWords)['en']): Line[] =>
  labelsOf(data, 'cache_evictions', 'reason').map((reason, index) => ({
    label: words[reason as 'budget'] ?? reason,
    values: together(seriesOf(data, 'cache_evictions', { reason }), 'sum'),
    colour: (index % 6) + 1,
  }));
