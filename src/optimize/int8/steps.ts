/** Tells how far a long computation is, in steps of different length. */
export class Steps {
  #done = 0;
  #length = 0;
  #what = '';

  /** @param total sum of the lengths of all steps @param report as often as there is something new */
  constructor(
    readonly total: number,
    private readonly report: (done: number, total: number, what: string) => void,
  ) {}

  /** Ends the step before. */
  begin(what: string, length: number): void {
    this.#done += this.#length;
    this.#length = length;
    this.#what = what;
    this.within(0);
  }

  /** @param share of the step, 0 to 1 */
  within(share: number): void {
    this.report(Math.min(this.total, this.#done + share * this.#length), this.total, this.#what);
  }

  end(): void {
    this.#what = 'done';
    this.#done = this.total;
    this.#length = 0;
    this.within(0);
  }
}
