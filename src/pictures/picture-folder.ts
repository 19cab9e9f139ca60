import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { classNamed } from '../frame/same-class.js';
import { type ClassMap, classesByName, modelClasses } from './class-map.js';
import { type CocoLabels, parseCocoLabels } from './coco-labels.js';
import { evenly } from './even-spread.js';
import type { Label } from './frame-set.js';
import { findLabelNames, type LabelNames } from './label-names.js';
import { LabelTally } from './label-tally.js';
import { cocoFilesFor, findPictures, isFile, labelFilesOf } from './picture-layout.js';
import { parseVocLabels } from './voc-labels.js';
import { parseYoloLabels } from './yolo-labels.js';

const MAX_LABEL_BYTES = 1_000_000;
const MAX_COCO_BYTES = 500_000_000;
/** For which it is looked whether a set comes with a file of labels per picture. */
const PICTURES_ASKED = 200;
/** Classes named where the meaning of numbers is told. */
const NUMBERS_SHOWN = 4;

export interface PictureFolderOptions {
  /** Of the model. */
  readonly classes: readonly string[];
  /** A COCO file for the pictures of this folder. */
  readonly coco?: string;
  /** What the numbers of COCO mean, for folders that are plainly of COCO and have no list. */
  readonly cocoClasses?: readonly string[];
}

type Size = { readonly width: number; readonly height: number };

/** The labelled or unlabelled pictures of a folder, by name (numbers count as numbers), in any of the layouts of picture-layout.ts. */
export class PictureFolder {
  /** Paths. */
  readonly files: readonly string[];
  readonly #options: PictureFolderOptions;
  readonly #names: LabelNames | null;
  readonly #numbers: ClassMap;
  readonly #coco: { readonly file: string; readonly labels: CocoLabels } | null;
  readonly #others: readonly string[];
  readonly #tally: LabelTally;
  /** Where the first label was found. */
  #from: string | null = null;
  #usesNumbers = false;

  private constructor(
    { files, others }: { files: readonly string[]; others: readonly string[] },
    options: PictureFolderOptions,
    names: LabelNames | null,
    coco: { readonly file: string; readonly labels: CocoLabels } | null,
  ) {
    this.files = files;
    this.#others = others;
    this.#options = options;
    this.#names = names;
    this.#coco = coco;
    this.#numbers = names ? classesByName(names.names, options.classes) : modelClasses(options.classes);
    this.#tally = new LabelTally(options.classes);
  }

  /** @throws SourceError where there is no picture, or a file of labels or names is broken */
  static async open(asked: string, options: PictureFolderOptions): Promise<PictureFolder> {
    const { folder, files, others } = await findPictures(asked);
    const coco = await cocoOf(folder, files, options.coco);
    const names = coco
      ? { names: coco.labels.names, assumed: null }
      : await findLabelNames(folder, options.cocoClasses);
    return new PictureFolder({ files, others }, options, names, coco);
  }

  /** Classes of the model, by index, that the labels can name. */
  get labelledClasses(): readonly number[] {
    return this.#numbers.known;
  }

  /** What a person should know of the labels of the pictures that were asked for so far. */
  get notes(): readonly string[] {
    const others =
      this.#others.length === 0
        ? []
        : [`there are more pictures in ${this.#others.join(', ')}: name such a folder to take it instead`];
    return [...this.#tally.notes(this.#from, this.#usesNumbers ? this.#meaning() : null), ...others];
  }

  /**
   * @param file one of `files` @param size of the picture as it is now: labels are in its pixels
   * @returns null where nobody labelled it, or no label can be of a class of the model
   * @throws SourceError naming file and line of what is no label
   */
  async labels(file: string, size: Size): Promise<readonly Label[] | null> {
    let seen = 0;
    const counted = (name: (labelClass: number) => string | undefined): ClassMap => ({
      known: this.#numbers.known,
      advice: this.#numbers.advice,
      indexOf: (labelClass) => {
        const index = this.#numbers.indexOf(labelClass);
        seen++;
        if (index === -1) this.#tally.leftOut(name(labelClass) ?? String(labelClass));
        return index;
      },
    });
    const named = (name: string): number => {
      const index = classNamed(name, this.#options.classes);
      seen++;
      if (index < 0) this.#tally.leftOut(name);
      return index;
    };
    const labels = await this.#read(
      file,
      size,
      counted((labelClass) => this.#names?.names.get(labelClass)),
      named,
    );
    this.#tally.picture(labels === null ? null : seen);
    return seen > 0 && this.#numbers.known.length === 0 ? null : labels;
  }

  /** What the numbers of labels are taken for, where nobody says it. */
  #meaning(): string | null {
    if (this.#names) return this.#names.assumed;
    const { classes } = this.#options;
    const shown = classes.slice(0, NUMBERS_SHOWN).map((name, index) => `${index} ${name}`);
    return `the model's (${shown.join(', ')}${classes.length > NUMBERS_SHOWN ? ', …' : ''})`;
  }

  async #read(file: string, size: Size, numbers: ClassMap, named: (name: string) => number): Promise<Label[] | null> {
    if (this.#coco) {
      this.#from ??= this.#coco.file;
      return this.#coco.labels.labelsOf(file, size, (category) => numbers.indexOf(category));
    }
    for (const beside of labelFilesOf(file)) {
      if (!(await isFile(beside))) continue;
      this.#from ??= dirname(beside);
      const text = await readBounded(beside, MAX_LABEL_BYTES);
      if (beside.endsWith('.xml')) return parseVocLabels(text, beside, size, named);
      this.#usesNumbers = true;
      return parseYoloLabels(text, beside, size, numbers);
    }
    return null;
  }
}

/** The COCO file that was named, or the first that lists half of these pictures. */
async function cocoOf(folder: string, files: readonly string[], named: string | undefined) {
  if (named !== undefined)
    return { file: named, labels: parseCocoLabels(await readBounded(named, MAX_COCO_BYTES), named) };
  if (await hasLabelFile(files)) return null;
  for (const file of await cocoFilesFor(folder)) {
    const text = await readBounded(file, MAX_COCO_BYTES);
    // any JSON may lie there
    if (!/"images"\s*:/.test(text) || !/"annotations"\s*:/.test(text)) continue;
    const labels = parseCocoLabels(text, file);
    // other sets lie beside this one, with names like 1.jpg in them as well
    if (files.filter((one) => labels.lists(one)).length * 2 >= files.length) return { file, labels };
  }
  return null;
}

async function hasLabelFile(files: readonly string[]): Promise<boolean> {
  for (const file of evenly(files, PICTURES_ASKED)) {
    for (const beside of labelFilesOf(file)) if (await isFile(beside)) return true;
  }
  return false;
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
