import type { PointView, TuningView } from '../../../api/tuning.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Scatter } from '../../kit/scatter.tsx';
import { Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { bytes, number, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { tuningWords } from './words.ts';

/** What there is to choose from, and which one is in use. */
export function PointFront({ view: { points } }: { readonly view: TuningView }) {
  const words = useWords(tuningWords);
  if (points.length === 0) {
    return (
      <Card title={words.points}>
        <Empty title={words.noPoints}>
          <p>{words.noPointsHint}</p>
        </Empty>
      </Card>
    );
  }
  const rows = [...points].sort((a, b) => b.accuracy - a.accuracy);
  return (
    <Card title={words.points} hint={words.pointsHint}>
      <Scatter
        label={words.pointsChart}
        xLabel={words.paceAxis}
        yLabel={words.accuracyAxis}
        mark={words.inUse}
        formatX={(value) => number(value, value < 10 ? 1 : 0)}
        formatY={(value) => number(value, 2)}
        points={points.map((point) => ({
          x: point.serviceMs,
          y: point.accuracy,
          label: `${point.name}: ${number(point.accuracy, 3)}, ${withUnit(point.serviceMs, 'ms', 1)}`,
          isMarked: point.isInUse,
          isHollow: !point.isMeasured,
        }))}
      />
      <Table
        caption={words.points}
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { title: words.model, cell: ({ model }) => model },
          { title: words.variant, cell: (point) => <VariantCell point={point} /> },
          { title: words.placement, cell: placementOf },
          { title: words.accuracyAxis, cell: ({ accuracy }) => number(accuracy, 3), isNumber: true },
          { title: words.perPicture, cell: ({ serviceMs }) => withUnit(serviceMs, 'ms', 1), isNumber: true },
          { title: words.pace, cell: ({ picturesPerS }) => number(picturesPerS, 1), isNumber: true },
          { title: words.energy, cell: ({ millijoules }) => withUnit(millijoules, 'mJ'), isNumber: true },
          { title: words.memory, cell: ({ memoryBytes }) => bytes(memoryBytes), isNumber: true },
          { title: words.numbers, cell: ({ isMeasured }) => (isMeasured ? words.measured : words.estimated) },
        ]}
      />
      {points.some(({ isMeasured }) => !isMeasured) && <p class="soft">{words.estimatedHint}</p>}
    </Card>
  );
}

function VariantCell({ point: { variant, isInUse } }: { readonly point: PointView }) {
  const words = useWords(tuningWords);
  return (
    <>
      {variant} {isInUse && <Badge text={words.inUse} standing="good" />}
    </>
  );
}

const placementOf = ({ workers, intraOpThreads, batchSize, provider }: PointView): string =>
  `${provider} ${workers} × ${intraOpThreads}, ${batchSize}`;
