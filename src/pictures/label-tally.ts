import { notesOnForeign } from './class-map.js';

/** What was found out about the labels of a folder while its pictures were read. */
export class LabelTally {
  readonly #classes: readonly string[];
  readonly #left = new Map<string, number>();
  #labelled = 0;
  #empty = 0;
  #unlabelled = 0;
  #labels = 0;

  /** @param classes of the model */
  constructor(classes: readonly string[]) {
    this.#classes = classes;
  }

  /** A label is of a class that the model does not have. */
  leftOut(name: string): void {
    this.#left.set(name, (this.#left.get(name) ?? 0) + 1);
  }

  /** @param count labels of one picture, of whatever class; null where nobody labelled it */
  picture(count: number | null): void {
    if (count === null) this.#unlabelled++;
    else if (count === 0) this.#empty++;
    else this.#labelled++;
    this.#labels += count ?? 0;
  }

  /**
   * For a person.
   * @param from where the labels were found, null for nowhere
   * @param meaning of their numbers, for a person, where nobody says it: what they are taken for; null where somebody does
   */
  notes(from: string | null, meaning: string | null): string[] {
    if (from === null || this.#labelled + this.#empty === 0) {
      return [`no labels were found for ${counted(this.#unlabelled, 'picture')}: accuracy is not judged by labels`];
    }
    const left = [...this.#left.values()].reduce((sum, count) => sum + count, 0);
    return [
      `labels from ${from}: ${this.#labels} in ${counted(this.#labelled, 'picture')}; labelled as empty: ${this.#empty}; not labelled: ${this.#unlabelled}`,
      ...(meaning !== null && this.#labels > 0
        ? [`nobody says what the numbers of the labels mean (classes.txt, data.yaml): they are taken for ${meaning}`]
        : []),
      ...notesOnForeign(this.#left, this.#classes),
      ...(left > 0 && left === this.#labels
        ? ['no label is of a class that the model has: accuracy is not judged by labels']
        : []),
    ];
  }
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
