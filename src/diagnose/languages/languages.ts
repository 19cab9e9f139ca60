import type { Finding, FindingValues } from '../finding.js';
import { LANGUAGE_CODES, type LanguageCode } from './codes.js';
import { english } from './english.js';
import type { Language } from './language.js';
import { spanish } from './spanish.js';
import type { FindingText } from './text.js';

export const LANGUAGES: Readonly<Record<LanguageCode, Language>> = { en: english, es: spanish };

/** The language of a locale such as `es_CL.UTF-8`, as `LC_ALL`, `LC_MESSAGES` and `LANG` hold it; English for any other. */
export function languageOf(env: NodeJS.ProcessEnv): LanguageCode {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const code = locale.slice(0, 2).toLowerCase();
  return LANGUAGE_CODES.find((known) => known === code) ?? 'en';
}

/** A finding in words. A placeholder without a value stays as it is. */
export function findingText(finding: Finding, language: Language): FindingText {
  const { what, seen, means, remedy } = language.findings[finding.code];
  const fill = (text: string) => filled(text, finding.values);
  return {
    what: fill(what),
    seen: fill(seen),
    ...(means !== undefined && { means: fill(means) }),
    ...(remedy !== undefined && { remedy: fill(remedy) }),
  };
}

const filled = (text: string, values: FindingValues): string =>
  text.replace(/\{([A-Za-z]\w*)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
