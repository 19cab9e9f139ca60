import type { LoadRequest } from '../../src/detect/detector.js';

/** What a variant is measured as; contenders of a kind share goals and rounds. */
export type Kind = 'parent' | 'made' | 'pruned' | 'peer' | 'shipped';

/** A variant that is ready to be measured. */
export interface Contender {
  /** Among those of its model. */
  readonly name: string;
  readonly kind: Kind;
  readonly request: LoadRequest;
  /** Of its file. */
  readonly bytes: number;
  /** Seconds that making it took; null: it was there. */
  readonly seconds: number | null;
  /** The share of the parent's accuracy that its manifest claims; null where it claims nothing. */
  readonly claimed: number | null;
}
