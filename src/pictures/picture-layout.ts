import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { SourceError } from '../foundation/errors.js';
import { pictureNames } from '../foundation/picture-files.js';

/*
 * How people and their tools lay sets of labelled pictures out:
 *   YOLO, Ultralytics   images/val/*.jpg, labels/val/*.txt, data.yaml
 *   Roboflow            valid/images/*.jpg, valid/labels/*.txt, data.yaml; or valid/*.jpg and valid/_annotations.coco.json
 *   COCO                val2017/*.jpg, annotations/instances_val2017.json
 *   Pascal VOC          JPEGImages/*.jpg, Annotations/*.xml
 *   FiftyOne            data/*.jpg, labels.json
 *   CVAT                obj_train_data/*.jpg and *.txt, obj.names
 *   plain               *.jpg with their *.txt or *.xml beside them
 */

/** The part of a set that models are judged on comes first. */
const PARTS = ['val', 'valid', 'validation', 'val2017', 'test', 'test2017', 'train', 'train2017'];
const PART_OF_SET = new Set([...PARTS, 'images', 'JPEGImages']);
/** Where the pictures of a folder may be. */
const PLACES = [
  '',
  'images',
  ...PARTS.flatMap((part) => [join(part, 'images'), join('images', part), part]),
  'JPEGImages',
  'data',
  'obj_train_data',
];

/** The pictures that a folder stands for. */
export interface FoundPictures {
  /** Where they lie. */
  readonly folder: string;
  /** Paths, by name. */
  readonly files: readonly string[];
  /** Other parts of the same set, relative to the folder that was asked for. */
  readonly others: readonly string[];
}

/**
 * The pictures of a folder: its own, or those of the first place beneath it that has any.
 *
 * @throws SourceError where the folder cannot be read, or no place has a picture
 */
export async function findPictures(folder: string): Promise<FoundPictures> {
  const found: { place: string; files: string[] }[] = [];
  for (const place of PLACES) {
    const files = await pictures(join(folder, place), place === '');
    if (files.length === 0) continue;
    found.push({ place, files });
    if (place === '' || place === 'images') break;
  }
  const [first, ...others] = found;
  if (!first) {
    const images = join(folder, 'images');
    throw new SourceError(
      `${folder} holds no .jpg, .png or .webp picture, nor does ${images}, nor a folder val, valid, test or train of it`,
      { folder },
    );
  }
  return { folder: join(folder, first.place), files: first.files, others: others.map(({ place }) => place) };
}

async function pictures(folder: string, isAsked: boolean): Promise<string[]> {
  const names = await pictureNames(folder).catch((error: unknown) => {
    if (!isAsked) return [];
    throw new SourceError(`cannot read the folder ${folder}: check the path and its permissions`, { folder }, error);
  });
  return names.map((name) => join(folder, name));
}

/** Where labels of one picture may be, in files of its own name: the last folder `images` of its path has a sibling `labels`. */
export function labelFilesOf(file: string): string[] {
  const folder = dirname(file);
  const name = basename(file).replace(/\.[^.]*$/, '');
  const texts = [...besideImages(folder, 'labels'), join(folder, 'labels'), folder].map((place) =>
    join(place, `${name}.txt`),
  );
  const boxes = [join(dirname(folder), 'Annotations'), ...besideImages(folder, 'annotations'), folder];
  return [...texts, ...boxes.map((place) => join(place, `${name}.xml`))];
}

/** `a/images/val` → `a/labels/val`, where there is such a part of the path, near its end. */
function besideImages(folder: string, name: string): string[] {
  const above = dirname(folder);
  if (basename(folder) === 'images') return [join(above, name)];
  return basename(above) === 'images' ? [join(dirname(above), name, basename(folder))] : [];
}

/** The folder of pictures and those above it that may belong to the same set, the nearest first. */
export function foldersOfSet(pictureFolder: string): string[] {
  const above = dirname(pictureFolder);
  const isPart = [pictureFolder, above].some((folder) => PART_OF_SET.has(basename(folder)));
  return [pictureFolder, above, ...(isPart ? [dirname(above)] : [])];
}

/** COCO files that may be about the pictures of a folder, the likeliest first. */
export async function cocoFilesFor(pictureFolder: string): Promise<string[]> {
  const part = basename(pictureFolder);
  const found: string[] = [];
  for (const folder of foldersOfSet(pictureFolder)) {
    found.push(
      ...(await jsonFiles(folder)).filter((file) => /coco|instances|annotations|labels|result/i.test(basename(file))),
    );
    const inside = await jsonFiles(join(folder, 'annotations'));
    found.push(...inside.filter((file) => !/caption|keypoint|stuff|panoptic/i.test(basename(file))));
  }
  const isOfPart = (file: string): number => Number(relative(dirname(pictureFolder), file).includes(part));
  return found.sort((one, other) => isOfPart(other) - isOfPart(one));
}

async function jsonFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  return names.filter((name) => /\.json$/i.test(name)).map((name) => join(folder, name));
}

/** Whether there is a file of that name. */
export async function isFile(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null))?.isFile() ?? false;
}
