import type { GateReportView, ModelsView } from '../../../api/models.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import type { Standing } from '../../kit/tile.tsx';
import { bytes, dayAndTime, number, percent } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { modelsWords } from './words.ts';

const STANDINGS: Readonly<Record<string, Standing>> = { registered: 'good', made: 'good', refused: 'bad' };

/** What the workshop found out on this device. */
export function GateReports({ view: { reports } }: { readonly view: ModelsView }) {
  const words = useWords(modelsWords);
  return (
    <Card title={words.gates} hint={words.gatesHint}>
      {reports.length === 0 && (
        <Empty title={words.noGates}>
          <p>{words.noGatesHint}</p>
        </Empty>
      )}
      {reports.map((report) => (
        <GateReport key={report.report} report={report} />
      ))}
    </Card>
  );
}

function GateReport({ report }: { readonly report: GateReportView }) {
  const words = useWords(modelsWords);
  const { at, model, target, recommended, isDryRun, pictures, labelled, outcomes } = report;
  return (
    <details>
      <summary>
        {model}, {words.target.toLowerCase()} {target}, {dayAndTime(at)}
        {recommended !== null && ` · ${words.recommended}: ${recommended}`}
      </summary>
      {isDryRun && <p>{words.dryRun}</p>}
      <p class="soft">
        {words.pictures} {words.picturesOf(number(pictures), number(labelled))} · <code>{report.report}</code>
      </p>
      <Table
        caption={`${model} ${target}`}
        rows={outcomes}
        keyOf={({ id }) => id}
        columns={[
          { title: words.variant, cell: ({ id }) => id },
          {
            title: words.gates,
            cell: ({ verdict }) => (
              <Badge
                text={words.verdict[verdict as keyof typeof words.verdict] ?? verdict}
                standing={STANDINGS[verdict] ?? 'none'}
              />
            ),
          },
          { title: words.kept, cell: ({ accuracyKept }) => percent(accuracyKept, 1), isNumber: true },
          { title: words.speedup, cell: ({ speedup }) => number(speedup, 2), isNumber: true },
          { title: words.size, cell: (outcome) => bytes(outcome.bytes), isNumber: true },
          { title: words.reason, cell: ({ reason }) => reason !== null && <Said text={reason} /> },
        ]}
      />
    </details>
  );
}
