/**
 * What becomes of a command that was called: `work` loads its code, does it and gives the exit code. With `atOnce` the process
 * ends as soon as all is printed, whatever is still open; otherwise once nothing is.
 */
export type Perform = (work: () => Promise<number>, options?: { readonly atOnce: boolean }) => Promise<void>;
