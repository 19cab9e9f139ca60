import { useLanguage } from '../words/language.ts';
import { useSaid } from '../words/said.ts';

/** What the program says, in the language of the page; what only exists in English is marked as that for who hears it read. */
export function Said({ text }: { readonly text: string }) {
  const said = useSaid()(text);
  const isForeign = useLanguage() !== 'en' && said === text;
  return <span lang={isForeign ? 'en' : undefined}>{said}</span>;
}
