import type { reportEnglish } from './english.js';

type Texts<Section extends keyof typeof reportEnglish> = Readonly<
  Record<keyof (typeof reportEnglish)[Section], string>
>;

/** All that reports say, in one language. A further language is one file of this type and its line in report-languages.ts. */
export interface ReportLanguage {
  /** What the language calls itself. */
  readonly name: string;
  /** For numbers and dates, BCP 47. */
  readonly locale: string;
  readonly words: Texts<'words'>;
  readonly causes: Texts<'causes'>;
  readonly figures: Texts<'figures'>;
  readonly healthParts: Texts<'healthParts'>;
  readonly healthWords: Texts<'healthWords'>;
  readonly happenings: Texts<'happenings'>;
  readonly units: Texts<'units'>;
  readonly recommendations: Readonly<
    Record<keyof typeof reportEnglish.recommendations, { readonly what: string; readonly why: string }>
  >;
}
