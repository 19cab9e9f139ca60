import { alertPhrases } from './alert-phrases.ts';
import { cameraPhrases } from './camera-phrases.ts';
import { fixed } from './formats.ts';
import { useLanguage } from './language.ts';
import { translator } from './phrases.ts';
import { refusalPhrases } from './refusal-phrases.ts';
import { tuningPhrases } from './tuning-phrases.ts';

const inSpanish = translator([...refusalPhrases, ...cameraPhrases, ...alertPhrases, ...tuningPhrases], fixed);

/** What the program says in English, in the language of the page as far as it knows the words. */
export function useSaid(): (text: string) => string {
  return useLanguage() === 'es' ? inSpanish : (text) => text;
}
