/** What becomes of a command that was called: `work` loads its code, does it and gives the exit code. */
export type Perform = (work: () => Promise<number>) => Promise<void>;
