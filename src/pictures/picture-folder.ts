import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { pictureNames } from '../foundation/picture-files.js';
import { type ClassMap, classesByName, modelClasses } from './class-map.js';
import { type CocoLabels, parseCocoLabels } from './coco-labels.js';
import type { Label } from './frame-set.js';
import { parseYoloLabels } from './yolo-labels.js';

/** What Roboflow calls the COCO file that lies among the pictures. */
const COCO_FILE = '_annotations.coco.json';
const MAX_LABEL_BYTES = 1_000_000;
const MAX_COCO_BYTES = 500_000_000;

export interface PictureFolderOptions {
  /** Of the model. */
  readonly classes: readonly string[];
  /** A COCO file for the pictures of this folder. */
  readonly coco?: string;
  /** What YOLO's class numbers mean, where the folder comes with a list; else they are the model's. */
  readonly names?: ReadonlyMap<number, string> | null;
}

type Size = { readonly width: number; readonly height: number };

/**
 * The labelled or unlabelled pictures of a folder, by name (numbers count as numbers): `DIR/images/*.jpg` with
 * `DIR/labels/*.txt`, pictures with their `.txt` beside them, or with a COCO file.
 */
export class PictureFolder {
  /** Paths. */
  readonly files: readonly string[];
  /** What a person should know of the labels. */
  readonly notes: readonly string[];
  readonly #classes: ClassMap;
  readonly #coco: CocoLabels | null;

  private constructor(files: readonly string[], classes: ClassMap, coco: CocoLabels | null) {
    this.files = files;
    this.notes = classes.notes;
    this.#classes = classes;
    this.#coco = coco;
  }

  /** @throws SourceError where there is no picture, or the COCO file is broken */
  static async open(folder: string, options: PictureFolderOptions): Promise<PictureFolder> {
    const own = await pictures(folder);
    const images = join(folder, 'images');
    const files = own.length > 0 ? own : await pictures(images).catch(() => []);
    if (files.length === 0) {
      throw new SourceError(`${folder} holds no .jpg, .png or .webp picture, nor does ${images}`, { folder });
    }
    const beside = join(dirname(files[0]!), COCO_FILE);
    const cocoFile = options.coco ?? ((await isFile(beside)) ? beside : null);
    const coco = cocoFile === null ? null : parseCocoLabels(await readBounded(cocoFile, MAX_COCO_BYTES), cocoFile);
    const names = coco?.names ?? options.names ?? null;
    const classes = names ? classesByName(names, options.classes) : modelClasses(options.classes);
    return new PictureFolder(files, classes, coco);
  }

  /** Classes of the model, by index, that the labels can name. */
  get labelledClasses(): readonly number[] {
    return this.#classes.known;
  }

  /**
   * @param file one of `files` @param size of the picture as it is now: labels are in its pixels
   * @returns null where nobody labelled it
   * @throws SourceError naming file and line of what is no label
   */
  async labels(file: string, size: Size): Promise<readonly Label[] | null> {
    if (this.#coco) return this.#coco.labelsOf(file, size, (category) => this.#classes.indexOf(category));
    for (const text of labelFiles(file)) {
      if (await isFile(text))
        return parseYoloLabels(await readBounded(text, MAX_LABEL_BYTES), text, size, this.#classes);
    }
    return null;
  }
}

/** Where the YOLO labels of a picture may be: beside it, or in `labels` beside `images`. */
function labelFiles(file: string): string[] {
  const folder = dirname(file);
  const name = `${basename(file, extname(file))}.txt`;
  const beside = join(folder, name);
  return basename(folder) === 'images' ? [join(dirname(folder), 'labels', name), beside] : [beside];
}

async function pictures(folder: string): Promise<string[]> {
  const names = await pictureNames(folder).catch((error: unknown) => {
    throw new SourceError(`cannot read the folder ${folder}: check the path and its permissions`, { folder }, error);
  });
  return names.map((name) => join(folder, name));
}

async function readBounded(file: string, maxBytes: number): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size <= maxBytes) return await readFile(file, 'utf8');
  } catch (error) {
    throw new SourceError(`cannot read the labels ${file}`, { file }, error);
  }
  throw new SourceError(`${file} has more than ${maxBytes} bytes: these are no labels`, { file });
}

async function isFile(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  return found?.isFile() ?? false;
}
