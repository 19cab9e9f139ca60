import { useState } from 'preact/hooks';
import type { HappeningsReply } from '../../../api/happenings.js';
import { labelsOf, type Several, seriesOf, timesOf, together } from '../../data/several.ts';
import { Card } from '../../kit/card.tsx';
import { Chart, type Line, type Mark, type Span } from '../../kit/chart.tsx';
import { marksOf, throttledSpans } from '../../kit/happenings.tsx';
import { chooseTime } from '../../kit/time-window.tsx';
import { number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { milliseconds, stageName } from './slow-times.tsx';
import { performanceWords } from './words.ts';

const STAGES = ['infer', 'queue', 'capture', 'decode', 'resize', 'publish'];
const ORIGINS = ['inferred', 'propagated', 'reused-memory', 'reused-disk'] as const;

interface ChartsProps {
  readonly data: Several;
  /** undefined: all together. */
  readonly camera: string | undefined;
  readonly happenings: HappeningsReply | null;
}

/** All charts of the page, with what happened marked on each. */
export function PerformanceCharts({ data, camera, happenings }: ChartsProps) {
  const around = { marks: marksOf(happenings), spans: throttledSpans(happenings), onChoose: chooseTime };
  const times = timesOf(data);
  const all = { data, times, camera, around };
  return (
    <div class="cards">
      <Latency {...all} />
      <Stages {...all} />
      <Throughput {...all} />
      <Origins {...all} />
      <Drops {...all} />
      <Accuracy {...all} />
    </div>
  );
}

interface OneProps {
  readonly data: Several;
  readonly times: number[];
  readonly camera: string | undefined;
  readonly around: { readonly marks: Mark[]; readonly spans: Span[]; readonly onChoose: typeof chooseTime };
}

function Latency({ data, times, camera, around }: OneProps) {
  const words = useWords(performanceWords);
  // whoever may see some cameras only has no number of all together: then it is the slowest
  const hasAll = camera === undefined && seriesOf(data, 'stage_p95').length > 0;
  const of = (name: 'p50' | 'p95') =>
    together(hasAll ? seriesOf(data, `stage_${name}`, { stage: 'total' }) : seriesOf(data, `latency_${name}`), 'max');
  const lines: Line[] = [
    { label: words.p95, values: of('p95'), colour: 1 },
    { label: words.p50, values: of('p50'), colour: 2 },
  ];
  return (
    <Card title={words.latencyTitle} hint={words.latencyHint}>
      <Chart label={words.latencyTitle} times={times} lines={lines} format={milliseconds} {...around} />
    </Card>
  );
}

function Stages({ data, times, camera, around }: OneProps) {
  const words = useWords(performanceWords);
  const [percentile, setPercentile] = useState<'p50' | 'p95'>('p95');
  const of = (stage: string) =>
    camera === undefined
      ? together(seriesOf(data, `stage_${percentile}`, { stage }), 'max')
      : together(seriesOf(data, 'stage_latency', { stage }), 'max', percentile === 'p95' ? 'p95' : 'mean');
  const lines = STAGES.map(
    (stage, index): Line => ({ label: stageName(stage, words), values: of(stage), colour: index + 1 }),
  );
  return (
    <Card
      title={words.stagesTitle}
      hint={words.stagesHint}
      aside={
        <select
          aria-label={words.percentile}
          value={percentile}
          onChange={({ currentTarget }) => setPercentile(currentTarget.value as 'p50' | 'p95')}
        >
          <option value="p95">{words.p95}</option>
          <option value="p50">{camera === undefined ? words.p50 : words.average}</option>
        </select>
      }
    >
      <Chart key={percentile} label={words.stagesTitle} times={times} lines={lines} format={milliseconds} {...around} />
    </Card>
  );
}

const perSecond = (value: number): string => number(value, value < 10 ? 1 : 0);

function Throughput({ data, times, around }: OneProps) {
  const words = useWords(performanceWords);
  const lines: Line[] = [
    { label: words.captured, values: together(seriesOf(data, 'frames_captured'), 'sum'), colour: 6 },
    { label: words.answered, values: together(seriesOf(data, 'frames_answered'), 'sum'), colour: 1 },
    { label: words.inferred, values: together(seriesOf(data, 'fps_inferred'), 'sum'), colour: 2 },
    { label: words.wanted, values: together(seriesOf(data, 'fps_wanted'), 'sum'), colour: 3, kind: 'dashed' },
  ];
  return (
    <Card title={words.throughputTitle} hint={words.throughputHint}>
      <Chart label={words.throughputTitle} times={times} lines={lines} format={perSecond} {...around} />
    </Card>
  );
}

function Origins({ data, times, around }: OneProps) {
  const words = useWords(performanceWords);
  const lines = ORIGINS.map(
    (origin, index): Line => ({
      label: words[origin],
      values: together(seriesOf(data, 'frames_answered', { origin }), 'sum'),
      colour: index + 1,
    }),
  );
  return (
    <Card title={words.originTitle} hint={words.originHint}>
      <Chart label={words.originTitle} times={times} lines={lines} format={perSecond} {...around} />
    </Card>
  );
}

function Drops({ data, times, around }: OneProps) {
  const words = useWords(performanceWords);
  const lines = labelsOf(data, 'frames_dropped', 'cause')
    .map(
      (cause, index): Line => ({
        label: words[cause as 'stale'] ?? cause,
        values: together(seriesOf(data, 'frames_dropped', { cause }), 'sum'),
        colour: (index % 6) + 1,
      }),
    )
    .filter(({ values }) => values.some((value) => value !== null && value > 0));
  return (
    <Card title={words.dropsTitle} hint={words.dropsHint}>
      {lines.length === 0 ? (
        <p>{words.noDrops}</p>
      ) : (
        <Chart label={words.dropsTitle} times={times} lines={lines} format={perSecond} {...around} />
      )}
    </Card>
  );
}

function Accuracy({ data, times, around }: OneProps) {
  const words = useWords(performanceWords);
  const lines: Line[] = [
    { label: words.estimate, values: together(seriesOf(data, 'estimated_f1'), 'min'), colour: 1 },
    { label: words.atLeast, values: together(seriesOf(data, 'estimated_f1_low'), 'min'), colour: 6, kind: 'dashed' },
  ];
  return (
    <Card title={words.accuracyTitle} hint={words.accuracyHint}>
      {lines[0]!.values.every((value) => value === null) ? (
        <p>{words.accuracyNone}</p>
      ) : (
        <Chart
          label={words.accuracyTitle}
          times={times}
          lines={lines}
          bands={[[0, 1]]}
          min={0.5}
          max={1}
          format={(value) => number(value, 2)}
          {...around}
        />
      )}
    </Card>
  );
}
