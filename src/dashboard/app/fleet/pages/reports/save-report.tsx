import { useState } from 'preact/hooks';
import { getBlob, type Trouble, troubleOf } from '../../../data/api.ts';
import { Problem } from '../../../kit/state.tsx';
import { useWords } from '../../../words/language.ts';
import { fleetReportWords } from './words.ts';

interface SaveReportProps {
  readonly query: { readonly day: string; readonly days: string; readonly tenant: string | undefined };
}

/** Saves the report with every device. A link could not carry the token. */
export function SaveReport({ query }: SaveReportProps) {
  const words = useWords(fleetReportWords);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const save = async (path: string, ending: string): Promise<void> => {
    setTrouble(null);
    try {
      const url = URL.createObjectURL(await getBlob(path, query));
      const link = document.createElement('a');
      link.href = url;
      link.download = `fleet-${query.day}-${query.days === '1' ? 'day' : 'week'}.${ending}`;
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <>
      <button type="button" onClick={() => void save('/api/v1/fleet/report.csv', 'csv')}>
        {words.csv}
      </button>
      <button type="button" onClick={() => void save('/api/v1/fleet/report', 'json')}>
        {words.json}
      </button>
      {trouble !== null && <Problem trouble={trouble} />}
    </>
  );
}
