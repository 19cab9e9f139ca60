import type { PictureNote } from './ffmpeg-report.js';
import type { ParsedPicture } from './y4m-parser.js';

/** Pictures that may wait for their note. Both pipes are emptied in the same turn of the loop: usually none does. */
const MOST_WAITING = 16;
/** Notes may run ahead of their pictures by what ffmpeg's pipe and our buffer hold: few, unless pictures are tiny. */
const MOST_NOTES = 1024;

/**
 * ffmpeg tells about a picture on one pipe and sends it on another; whichever comes first waits here for the other.
 * A note that never comes costs the picture its timestamp, no more.
 */
export class PictureJoin {
  #deliver: (picture: ParsedPicture, note: PictureNote | null) => void;
  #pictures: ParsedPicture[] = [];
  #notes: PictureNote[] = [];
  /** Index of the first waiting picture. */
  #index = 0;

  constructor(deliver: (picture: ParsedPicture, note: PictureNote | null) => void) {
    this.#deliver = deliver;
  }

  picture(picture: ParsedPicture): void {
    this.#pictures.push(picture);
    this.#match(MOST_WAITING);
  }

  note(note: PictureNote): void {
    if (note.index < this.#index) return;
    this.#notes.push(note);
    if (this.#notes.length > MOST_NOTES) this.#notes.shift();
    this.#match(MOST_WAITING);
  }

  /** No note comes any more: what waits goes without. */
  end(): void {
    this.#match(0);
  }

  #match(mayWait: number): void {
    while (this.#pictures.length > 0) {
      while (this.#notes.length > 0 && this.#notes[0]!.index < this.#index) this.#notes.shift();
      const note = this.#notes[0];
      if (!note && this.#pictures.length <= mayWait) return;
      this.#deliver(this.#pictures.shift()!, note?.index === this.#index ? note : null);
      this.#index++;
    }
  }
}
