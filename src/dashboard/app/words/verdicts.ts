import { useWords } from './language.ts';

/** What became of a trial, as the ledger says it. */
type Verdict = keyof typeof en;

const en = {
  kept: 'kept',
  'rolled-back': 'taken back',
  expired: 'undecided, taken back',
  'under-way': 'being tried',
};
const es: typeof en = {
  kept: 'se mantiene',
  'rolled-back': 'deshecho',
  expired: 'sin decidir, deshecho',
  'under-way': 'en prueba',
};
/** By verdict; `under-way` is that of none yet. */
export const verdictWords = { en, es };

/** Says a verdict in the language of the page; null is a trial that is under way, and what has no words stays as it is. */
export function useVerdict(): (verdict: string | null) => string {
  const words = useWords(verdictWords);
  return (verdict) => words[(verdict ?? 'under-way') as Verdict] ?? verdict;
}
