import { reportEnglish } from './english.js';
import type { ReportLanguage } from './report-language.js';
import { reportSpanish } from './spanish.js';

/** The languages that reports are written in, by their two letters (ISO 639-1). */
export const REPORT_LANGUAGES = { en: reportEnglish, es: reportSpanish } as const satisfies Record<
  string,
  ReportLanguage
>;
export type ReportLanguageCode = keyof typeof REPORT_LANGUAGES;

/** A text with its values put in; a placeholder without one stays as it is. */
export function filledText(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{([A-Za-z]\w*)\}/g, (whole, name: string) => `${values[name] ?? whole}`);
}
