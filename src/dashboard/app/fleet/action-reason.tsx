import { Said } from '../kit/said.tsx';
import { fixed } from '../words/formats.ts';
import { useLanguage } from '../words/language.ts';
import { translator } from '../words/phrases.ts';
import { actionPhrases } from './action-phrases.ts';

const inSpanish = translator(actionPhrases, fixed);

/** Why an action or a device of it stands as it does, in the language of the page as far as it knows the words. */
export function ActionReason({ text }: { readonly text: string }) {
  const said = useLanguage() === 'es' ? inSpanish(text) : text;
  return said === text ? <Said text={text} /> : <span>{said}</span>;
}
