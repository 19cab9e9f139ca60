import type { AlertsView } from '../../../api/alerts.ts';
import { Card } from '../../kit/card.tsx';
import { Table } from '../../kit/table.tsx';
import { useAlertWords } from '../../words/alert-words.ts';
import { dayAndTime } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { Wake } from './alert-buttons.tsx';
import { alertsWords } from './words.ts';

interface SilencedProps {
  readonly view: AlertsView;
  readonly onChanged: () => void;
}

/** Codes of which nobody is told: the easiest thing to forget. */
export function Silenced({ view: { snoozed, codes }, onChanged }: SilencedProps) {
  const words = useWords(alertsWords);
  const wordsOf = useAlertWords();
  if (snoozed.length === 0) return null;
  const nameOf = (code: string): string => wordsOf(codes.find((one) => one.code === code) ?? { code, ...NOTHING }).name;
  return (
    <Card title={words.silent} hint={words.silentHint}>
      <Table
        caption={words.silent}
        rows={snoozed}
        keyOf={({ code, tenant }) => `${tenant} ${code}`}
        columns={[
          { title: words.alert, cell: ({ code }) => nameOf(code) },
          { title: words.until, cell: ({ until }) => dayAndTime(until) },
          { title: words.by, cell: ({ by }) => by },
          { title: words.wake, cell: (snooze) => <Wake alert={snooze} onChanged={onChanged} /> },
        ]}
      />
    </Card>
  );
}

const NOTHING = { help: '', action: '' };
