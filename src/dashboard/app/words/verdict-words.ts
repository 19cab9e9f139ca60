import { useWords } from './language.ts';
import { verdictWords } from './verdicts.ts';

type Verdict = keyof typeof verdictWords.en;

/** Says a verdict in the language of the page; null is a trial that is under way, and what has no words stays as it is. */
export function useVerdict(): (verdict: string | null) => string {
  const words = useWords(verdictWords);
  return (verdict) => words[(verdict ?? 'under-way') as Verdict] ?? verdict;
}
