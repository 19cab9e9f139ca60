import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type DiskOperation, watchDisk } from './disk-operations.js';

/** A file as the medium has it: its number, and what it holds. */
interface Content {
  readonly file: number;
  readonly held: Buffer;
}

/** What a name stands for after a power cut; absent: there is no such name. */
type Names = ReadonlyMap<string, Content>;

/** A change of the names of a folder, as a file system may bring it onto the medium, or not, until the folder is synced. */
interface NameChange {
  readonly folder: string;
  readonly gone: string | null;
  readonly made: string | null;
  readonly file: number | null;
}

/** What the medium may hold after a power cut. */
export interface PowerCut {
  readonly names: Names;
  /** What had been promised before. */
  readonly promised: unknown;
}

/**
 * A disk whose power may be cut after any operation, as POSIX promises: a file holds what was synced of it, and names that were changed
 * since their folder was synced are there or not, one independent of the other.
 */
export class LosablePower {
  readonly #root: string;
  readonly #cuts = new Map<string, PowerCut>();
  readonly #held = new Map<number, { now: Buffer; synced: Buffer }>();
  #live = new Map<string, number>();
  #names = new Map<string, number>();
  #pending: NameChange[] = [];
  #promised: unknown = null;
  #files = 0;

  /** @param root what is in there is on the medium */
  constructor(root: string) {
    this.#root = root;
    for (const path of filesIn(root)) this.#live.set(path, this.#newFile(readFileSync(join(root, path))));
    this.#names = new Map(this.#live);
  }

  /** Takes down what work does in the folder. */
  async during(work: () => Promise<void>): Promise<void> {
    const stop = watchDisk((operation) => this.#operation(operation));
    try {
      await work();
    } finally {
      stop();
    }
  }

  /** What was promised to somebody: every later cut has to keep it. */
  promise(what: unknown): void {
    this.#promised = what;
    this.#cut();
  }

  /** Everything that the medium may hold after a cut at any moment. */
  get cuts(): readonly PowerCut[] {
    return [...this.#cuts.values()];
  }

  #newFile(held: Buffer): number {
    this.#held.set(++this.#files, { now: held, synced: held });
    return this.#files;
  }

  #operation(operation: DiskOperation): void {
    const path = relative(this.#root, operation.path);
    const file = this.#live.get(path);
    const held = file === undefined ? undefined : this.#held.get(file)!;
    if (operation.what === 'open' && operation.flags === 'w') {
      if (held === undefined) this.#rename(null, path, this.#newFile(Buffer.alloc(0)));
      else held.now = Buffer.alloc(0);
    } else if (operation.what === 'write') held!.now = Buffer.from(operation.content as Uint8Array);
    else if (operation.what === 'rename') this.#rename(path, relative(this.#root, operation.to), file!);
    else if (operation.what === 'remove' && file !== undefined) this.#rename(path, null, null);
    else if (operation.what === 'sync') {
      if (held !== undefined) held.synced = held.now;
      else this.#syncFolder(path === '' ? '.' : path);
    }
    this.#cut();
  }

  #rename(gone: string | null, made: string | null, file: number | null): void {
    const change = { folder: dirname(gone ?? made!), gone, made, file };
    apply(this.#live, change);
    this.#pending.push(change);
  }

  #syncFolder(folder: string): void {
    for (const change of this.#pending) if (change.folder === folder) apply(this.#names, change);
    this.#pending = this.#pending.filter((change) => change.folder !== folder);
  }

  /** None of what is pending, all of it, all but one, and one alone. */
  #cut(): void {
    const pending = this.#pending;
    const without = pending.map((one) => pending.filter((other) => other !== one));
    for (const kept of [[], pending, ...without, ...pending.map((one) => [one])]) {
      const names = new Map(this.#names);
      for (const change of kept) apply(names, change);
      const held = [...names].map(([name, file]) => [name, { file, held: this.#held.get(file)!.synced }] as const);
      const key = JSON.stringify([held.map(([name, one]) => [name, one.file, one.held.length]).sort(), this.#promised]);
      this.#cuts.set(key, { names: new Map(held), promised: this.#promised });
    }
  }
}

function apply(names: Map<string, number>, { gone, made, file }: NameChange): void {
  if (gone !== null) names.delete(gone);
  if (made !== null) names.set(made, file!);
}

/** Relative to the folder. */
function filesIn(root: string): string[] {
  return (readdirSync(root, { recursive: true }) as string[]).filter((path) => statSync(join(root, path)).isFile());
}

/** Makes a folder that holds what a power cut left. */
export function restore({ names }: PowerCut, folder: string): void {
  for (const [name, { held }] of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), held);
  }
}
