import { dividedBy, labelsOf, type Several, seriesOf, summary, together } from '../../data/several.ts';
import { Card } from '../../kit/card.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { Tile, Tiles } from '../../kit/tile.tsx';
import { number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { milliseconds } from './slow-times.tsx';
import { performanceWords } from './words.ts';

/** How it was in the mean of a time: of one camera, or of all together. */
interface Means {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly captured: number | null;
  readonly answered: number | null;
  readonly inferred: number | null;
  readonly dropped: number | null;
  readonly f1: number | null;
  readonly f1Low: number | null;
}

function meansOf(data: Several, labels: Readonly<Record<string, string>>, isAll: boolean): Means {
  const mean = (
    metric: string,
    how: 'sum' | 'max' | 'min',
    more: Readonly<Record<string, string>> = {},
  ): number | null => summary(together(seriesOf(data, metric, { ...labels, ...more }), how)).mean;
  const captured = together(seriesOf(data, 'frames_captured', labels), 'sum');
  const dropped = together(seriesOf(data, 'frames_dropped', labels), 'sum');
  const hasAll = isAll && seriesOf(data, 'stage_p95').length > 0;
  return {
    p50: hasAll ? mean('stage_p50', 'max', { stage: 'total' }) : mean('latency_p50', 'max'),
    p95: hasAll ? mean('stage_p95', 'max', { stage: 'total' }) : mean('latency_p95', 'max'),
    captured: summary(captured).mean,
    answered: mean('frames_answered', 'sum'),
    inferred: mean('frames_answered', 'sum', { origin: 'inferred' }),
    dropped: dropped.length === 0 ? null : summary(dividedBy(dropped, captured)).mean,
    f1: mean('estimated_f1', 'min'),
    f1Low: mean('estimated_f1_low', 'min'),
  };
}

const savedOf = ({ answered, inferred }: Means): number | null =>
  answered === null || inferred === null || answered === 0 ? null : Math.max(0, 1 - inferred / answered);

/** The numbers that matter, as means of the time that is chosen. */
export function PerformanceTiles({ data, camera }: { readonly data: Several; readonly camera: string | undefined }) {
  const words = useWords(performanceWords);
  const means = meansOf(data, {}, camera === undefined);
  const { p50, p95, captured, answered, dropped, f1, f1Low } = means;
  return (
    <Tiles>
      <Tile label={words.tileLatency} value={milliseconds(p95)} note={words.tileLatencyNote(milliseconds(p50))} />
      <Tile
        label={words.tileAnswers}
        value={answered === null ? number(null) : `${number(answered, 1)} ${words.perSecond}`}
        note={words.tileAnswersNote(`${number(captured, 1)} ${words.perSecond}`)}
      />
      <Tile label={words.tileSaved} value={percent(savedOf(means))} note={words.tileSavedNote} />
      <Tile
        label={words.tileDropped}
        value={percent(dropped, 1)}
        note={words.tileDroppedNote}
        standing={dropped === null ? 'none' : dropped > 0.05 ? 'bad' : dropped > 0.01 ? 'fair' : 'good'}
      />
      <Tile
        label={words.tileAccuracy}
        value={number(f1, 2)}
        note={f1 === null ? words.tileAccuracyNone : words.tileAccuracyNote(number(f1Low, 2))}
      />
    </Tiles>
  );
}

/** Every camera beside the others. */
export function EachCamera({ data }: { readonly data: Several }) {
  const words = useWords(performanceWords);
  const rows = labelsOf(data, 'latency_p95', 'camera').map((camera) => ({
    camera,
    ...meansOf(data, { camera }, false),
  }));
  type Row = (typeof rows)[number];
  const columns: Column<Row>[] = [
    { title: words.camera, cell: ({ camera }) => camera },
    { title: words.p95, isNumber: true, cell: ({ p95 }) => milliseconds(p95) },
    { title: words.p50, isNumber: true, cell: ({ p50 }) => milliseconds(p50) },
    { title: words.fps, isNumber: true, cell: ({ answered }) => number(answered, 1) },
    { title: words.tileSaved, isNumber: true, cell: (row) => percent(savedOf(row)) },
    { title: words.tileDropped, isNumber: true, cell: ({ dropped }) => percent(dropped, 1) },
    { title: words.tileAccuracy, isNumber: true, cell: ({ f1 }) => number(f1, 2) },
  ];
  return (
    <Card title={words.camerasTitle} hint={words.mean}>
      <Table caption={words.camerasCaption} columns={columns} rows={rows} keyOf={({ camera }) => camera} empty="–" />
    </Card>
  );
}
