import { writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { EdgeError } from '../foundation/errors.js';
import { makePrivateFolder } from '../foundation/private-files.js';
import type { PictureBox } from '../frame/picture-box.js';
import { decodeImage, encodeJpeg } from '../media/image.js';
import { previewOverlay } from '../media/preview.js';

/** Pixels: the widest that a JPEG can be. */
const MAX_WIDTH = 65_535;
const QUALITY = 90;

/**
 * A folder of pictures with their boxes drawn in, at their full size, as JPEG. They may show people: only their owner can
 * read them. No file is ever replaced: `a.jpg` becomes `a-2.jpg` where there is one already.
 */
export class AnnotatedPictures {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes the folder. @throws EdgeError E_OUTPUT, permanent, where it cannot be made */
  async open(): Promise<void> {
    this.#makeFolder(this.#folder, true);
  }

  /**
   * @param name path beneath the folder; its ending becomes .jpg
   * @param classes of the model: each has its own colour
   * @returns the file
   * @throws EdgeError E_OUTPUT where it cannot be written
   */
  async write(
    name: string,
    bytes: Uint8Array,
    boxes: readonly PictureBox[],
    classes: readonly string[],
  ): Promise<string> {
    const { width, height, data } = await decodeImage(bytes, MAX_WIDTH);
    const drawn = boxes.map(({ class: label, score, box: [x1, y1, x2, y2] }) => {
      return { label, colour: classes.indexOf(label), score, x1, y1, x2, y2 };
    });
    const jpeg = await encodeJpeg(data, width, height, QUALITY, previewOverlay(width, height, { boxes: drawn }));
    const stem = join(this.#folder, name.slice(0, name.length - extname(name).length));
    this.#makeFolder(dirname(stem), false);
    for (let number = 1; ; number++) {
      const file = number === 1 ? `${stem}.jpg` : `${stem}-${number}.jpg`;
      try {
        await writeFile(file, jpeg, { flag: 'wx', mode: 0o600 });
        return file;
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'EEXIST') continue;
        throw new EdgeError('E_OUTPUT', `cannot write ${file}: may this user write there, and is there room?`, {
          cause,
        });
      }
    }
  }

  #makeFolder(folder: string, permanent: boolean): void {
    try {
      makePrivateFolder(folder);
    } catch (cause) {
      throw new EdgeError('E_OUTPUT', `--out: expected a folder that can be made, got ${folder}`, { cause, permanent });
    }
  }
}
