/** A file of a bundle, on its way out of an archive or a folder. */
export interface BundleEntry {
  /** Its place in the bundle, as it is written there: to be checked. */
  readonly path: string;
  readonly bytes: number;
  /** Null where its place does not tell: an unpacked bundle may have lain on a stick with FAT, which has no modes. */
  readonly executable: boolean | null;
  /** To be read to its end before the next entry. */
  readonly content: AsyncIterable<Buffer>;
}
