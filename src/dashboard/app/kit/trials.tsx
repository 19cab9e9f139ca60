import type { TrialLine } from '../../api/trial-line.js';
import { dayAndTime } from '../words/formats.ts';
import { useWords } from '../words/language.ts';
import { useVerdict } from '../words/verdict-words.ts';
import { Badge } from './badge.tsx';
import { Card } from './card.tsx';
import { Said } from './said.tsx';
import { type Column, Table } from './table.tsx';

const en = {
  title: 'Trials of the tuning',
  hint: 'What was tried, and whether it did any good; what did none was taken back.',
  none: 'Nothing was tried in the last 90 days.',
  when: 'When',
  change: 'Change, and why',
  became: 'What became of it',
};
const es: typeof en = {
  title: 'Pruebas del ajuste',
  hint: 'Qué se probó y si sirvió de algo; lo que no sirvió se deshizo.',
  none: 'No se probó nada en los últimos 90 días.',
  when: 'Cuándo',
  change: 'Cambio y motivo',
  became: 'En qué quedó',
};

/** What the tuning tried of one kind. */
export function StrategyTrials({ trials }: { readonly trials: readonly TrialLine[] }) {
  const words = useWords({ en, es });
  const say = useVerdict();
  const columns: Column<TrialLine>[] = [
    { title: words.when, cell: ({ at }) => dayAndTime(at) },
    {
      title: words.change,
      cell: ({ from, to, reason }) => (
        <>
          <strong>
            <Said text={from} /> → <Said text={to} />
          </strong>
          <span class="soft block">
            <Said text={reason} />
          </span>
        </>
      ),
    },
    {
      title: words.became,
      cell: ({ verdict, why }) => (
        <>
          <Badge text={say(verdict)} standing={verdict === 'kept' ? 'good' : 'none'} />
          <span class="soft block">{why !== null && <Said text={why} />}</span>
        </>
      ),
    },
  ];
  return (
    <Card title={words.title} hint={words.hint}>
      <Table caption={words.title} columns={columns} rows={trials} keyOf={({ id }) => id} empty={words.none} />
    </Card>
  );
}
