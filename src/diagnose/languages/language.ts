import type { english } from './english.js';
import type { FindingText } from './text.js';

/** What a person who aims a camera reads. */
export type AimText = Readonly<Record<keyof typeof english.aim, string>>;

/** All that `diagnose` and `aim` say, in one language. A further language is one file of this type and its line in languages.ts. */
export interface Language {
  /** What the language calls itself. */
  readonly name: string;
  readonly words: Readonly<Record<keyof typeof english.words, string>>;
  readonly aim: AimText;
  readonly findings: Readonly<Record<keyof typeof english.findings, FindingText>>;
}
