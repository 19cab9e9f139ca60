const KEEP = 0.9;
/** Any vote is more than what this leaves of others. */
const OUTVOTED = 1e-6;

/** What class a vehicle is: its inferences vote, by score, later ones counting more. */
export class ClassVotes {
  #votes: Float32Array;

  /** @param classes how many there are to vote for */
  constructor(classes: number, first: number, score: number) {
    this.#votes = new Float32Array(classes);
    this.#votes[first] = score;
  }

  /** The class with the most votes. */
  get winner(): number {
    let best = 0;
    for (let c = 1; c < this.#votes.length; c++) if (this.#votes[c]! > this.#votes[best]!) best = c;
    return best;
  }

  vote(classIndex: number, score: number): void {
    for (let c = 0; c < this.#votes.length; c++) this.#votes[c]! *= KEEP;
    this.#votes[classIndex]! += score;
  }

  /**
   * Another model votes from now on, about as many classes as there are `thresholds`. A class that it never reports gives
   * way to its first vote.
   */
  renew(thresholds: readonly number[]): void {
    const votes = new Float32Array(thresholds.length);
    votes.set(this.#votes);
    this.#votes = votes.map((vote, c) => (thresholds[c]! > 1 ? vote * OUTVOTED : vote));
  }
}
