/** What a part of a bundle holds, before anything in it is masked. */
export type PartContent =
  | { readonly kind: 'json'; readonly value: unknown }
  /** A line of JSON each, or of text; what is first is left out first where the bundle would be too large. */
  | { readonly kind: 'rows'; readonly rows: readonly unknown[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[] };

/** One file of a bundle. */
export interface BundlePart {
  /** `log.txt`. */
  readonly name: string;
  /** What is in it, for whoever looks before it is sent. */
  readonly what: string;
  /** @throws with why it cannot be had */
  read(): PartContent | Promise<PartContent>;
}
