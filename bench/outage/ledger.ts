import { appendFileSync, existsSync, readFileSync } from 'node:fs';

/** What a device handed in, as it wrote down itself, apart from its outbox. */
export interface LedgerContent {
  /** The highest id that was handed in; whether the last ones were accepted is not known after a kill. */
  readonly handed: number;
  /** Ids that were accepted, as ranges from and to, both included. */
  readonly accepted: readonly (readonly [number, number])[];
}

/**
 * Lines that a device appends: `H id` before it hands messages up to that id in, `A from to` once they have been with the outbox
 * for as long as acceptance may take, or at once for alerts.
 */
export class Ledger {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  handing(throughId: number): void {
    appendFileSync(this.#file, `H ${throughId}\n`);
  }

  accepted(from: number, to: number): void {
    appendFileSync(this.#file, `A ${from} ${to}\n`);
  }

  read(): LedgerContent {
    let handed = 0;
    const accepted: [number, number][] = [];
    if (!existsSync(this.#file)) return { handed, accepted };
    // a line that a kill cut short is not there
    const lines = readFileSync(this.#file, 'utf8').split('\n').slice(0, -1);
    for (const line of lines) {
      const [what, from, to] = line.split(' ');
      if (what === 'H') handed = Math.max(handed, Number(from));
      if (what === 'A') accepted.push([Number(from), Number(to)]);
    }
    return { handed, accepted };
  }
}
