/** A file of a bundle, on its way out of an archive or a folder. */
export interface BundleEntry {
  /** Its place in the bundle, as it is written there: to be checked. */
  readonly path: string;
  readonly bytes: number;
  readonly executable: boolean;
  /** To be read to its end before the next entry. */
  readonly content: AsyncIterable<Buffer>;
}
