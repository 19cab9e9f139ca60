/** What a person reads of one finding; `{name}` stands for a value of it. */
export interface FindingText {
  /** What is so, in one line: `The clock is {seconds} s off.` */
  readonly what: string;
  /** How it was seen: the file, the call, the answer. */
  readonly seen: string;
  /** What it means for the answers; absent where all is fine. */
  readonly means?: string;
  /** The one command or action that mends it; absent where all is fine. */
  readonly remedy?: string;
}
