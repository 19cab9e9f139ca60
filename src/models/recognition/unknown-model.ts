import type { Family, LoadRequest } from '../../detect/detector.js';
import type { InputHints, InputValues } from './input-guesses.js';
import type { KnownNames } from './possible-readings.js';

/** What is known of a model before its numbers are looked at. */
export interface UnknownModel {
  /** As the person calls it, for messages. */
  readonly file: string;
  /** The family that the person names. */
  readonly family?: Family | undefined;
  readonly hints: InputHints;
  /** Of its classes, where the person or the file says them. */
  readonly names: KnownNames | null;
  /** What it was trained for, as the file says. */
  readonly task: string | null;
  readonly size: Omit<LoadRequest['input'], keyof InputValues>;
  /** Take it although its numbers fit no reading. */
  readonly force: boolean;
}
