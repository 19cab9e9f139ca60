import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseYaml } from '../config/yaml.js';
import { SourceError } from '../foundation/errors.js';
import { foldersOfSet } from './picture-layout.js';

/** What the class numbers of labels mean. */
export interface LabelNames {
  readonly names: ReadonlyMap<number, string>;
  /** Where nobody says it: what it was taken from, for a person. */
  readonly assumed: string | null;
}

const LISTS = ['classes.txt', 'obj.names', '_darknet.labels'];
/** Ultralytics' own small sets come without a list. */
const COCO_SET = /(?:^|[\\/])coco(?:\d+|2017)?(?:-seg)?(?:[\\/]|$)|(?:train|val)2017(?:[\\/]|$)/i;

/**
 * Looks for the names of classes in the folder of pictures, those above it and the folders of labels beside: `classes.txt`,
 * one a line, or `names` of a `data.yaml` or of another YAML file there. null where nobody says.
 *
 * @param coco what the numbers of COCO mean, for folders that are plainly of COCO
 * @throws SourceError where a list is there and cannot be read
 */
export async function findLabelNames(pictureFolder: string, coco: readonly string[] = []): Promise<LabelNames | null> {
  for (const folder of foldersOfSet(pictureFolder)) {
    for (const place of [folder, join(folder, 'labels')]) {
      const found = await namesIn(place);
      if (found !== null) return found;
    }
  }
  if (coco.length === 0 || !COCO_SET.test(pictureFolder)) return null;
  return { names: new Map(coco.entries()), assumed: 'the names of COCO, of which this folder seems to be' };
}

async function namesIn(folder: string): Promise<LabelNames | null> {
  const names = await readdir(folder).catch((): string[] => []);
  for (const list of LISTS.filter((name) => names.includes(name))) {
    const file = join(folder, list);
    const lines = (await readFile(file, 'utf8')).trimEnd().split(/\r?\n/);
    return { names: new Map(lines.entries()), assumed: null };
  }
  const usual = ['data.yaml', 'data.yml', 'dataset.yaml'];
  const yaml = names.filter((name) => /\.ya?ml$/i.test(name) && !usual.includes(name)).sort();
  for (const name of [...usual.filter((one) => names.includes(one)), ...yaml]) {
    const file = join(folder, name);
    const found = namesOf(await readFile(file, 'utf8'), file, usual.includes(name));
    if (found !== null) return { names: found, assumed: null };
  }
  return null;
}

/** @param isNamed null for another YAML file, which may be about anything */
function namesOf(text: string, file: string, isNamed: boolean): ReadonlyMap<number, string> | null {
  const { data, problems } = parseYaml(text);
  if (problems.length > 0 && !isNamed) return null;
  if (problems.length > 0) throw new SourceError(`${file}: ${problems[0]}`, { file });
  const { names, train, val } = data;
  if (names === undefined || (!isNamed && train === undefined && val === undefined)) return null;
  if (typeof names !== 'object' || names === null) {
    throw new SourceError(`${file}: names: expected a list of classes`, { file });
  }
  return new Map(Object.entries(names).map(([index, name]) => [Number(index), String(name)]));
}
