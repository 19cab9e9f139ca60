/** The languages that there are, by their two letters (ISO 639-1). Apart, for whoever needs the names without the words. */
export const LANGUAGE_CODES = ['en', 'es'] as const;
export type LanguageCode = (typeof LANGUAGE_CODES)[number];
