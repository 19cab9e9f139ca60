import { readFileSync, statSync } from 'node:fs';
import { type ExtraInput, FAMILIES, type Family } from '../detect/detector.js';
import { familyNamed, nearestFamilyName } from '../detect/family-names.js';
import { ConfigError } from '../foundation/errors.js';
import { COCO_CLASSES, COCO_VEHICLES } from '../models/coco.js';
import type { ModelDescription } from '../models/new-model.js';

/** What the command line can say about a model. */
export interface DescriptionFlags {
  readonly family?: string;
  /** Names in order, comma-separated; a file with one a line; or `coco`. */
  readonly classes?: string;
  /** `640x384` */
  readonly input?: string;
  readonly licence?: string;
  readonly origin?: string;
  readonly colour?: 'rgb' | 'bgr';
  readonly scale?: number;
  /** `orig_target_sizes=width,height`, once for each input besides the picture */
  readonly fill?: readonly string[];
}

/** @throws ConfigError for a flag that cannot be read */
export function describedByFlags(flags: DescriptionFlags): Partial<ModelDescription> {
  return {
    ...(flags.family !== undefined && { family: parseFamily(flags.family) }),
    ...(flags.classes === 'coco' && { classes: COCO_CLASSES, report: COCO_VEHICLES }),
    ...(flags.classes !== undefined && flags.classes !== 'coco' && { classes: parseClasses(flags.classes) }),
    ...(flags.input !== undefined && parseSize(flags.input)),
    ...(flags.licence !== undefined && { licence: flags.licence }),
    ...(flags.origin !== undefined && { origin: flags.origin }),
    ...(flags.colour !== undefined && { colour: flags.colour }),
    ...(flags.scale !== undefined && { scale: flags.scale }),
    ...(flags.fill !== undefined && { extra: flags.fill.map(parseFill) }),
  };
}

function parseFamily(text: string): Family {
  const family = familyNamed(text);
  if (family) return family;
  const near = nearestFamilyName(text);
  const hint = near ? `; did you mean ${near}?` : '';
  throw new ConfigError('cannot add the model', [`--family: expected ${FAMILIES.join(', ')}, got "${text}"${hint}`]);
}

function parseClasses(text: string): string[] {
  const fromFile = !text.includes(',') && statSync(text, { throwIfNoEntry: false })?.isFile() === true;
  const names = (fromFile ? readFileSync(text, 'utf8').split('\n') : text.split(',')).map((name) => name.trim());
  while (names.at(-1) === '') names.pop();
  if (names.length > 0 && !names.includes('')) return names;
  throw new ConfigError('cannot add the model', [`--classes: expected names without gaps, got "${text}"`]);
}

function parseSize(text: string): { width: number; height: number } {
  const match = /^(\d{1,5})x(\d{1,5})$/i.exec(text);
  if (match) return { width: Number(match[1]), height: Number(match[2]) };
  throw new ConfigError('cannot add the model', [`--input: expected WIDTHxHEIGHT like 640x384, got "${text}"`]);
}

function parseFill(text: string): ExtraInput {
  const [, name = '', list = ''] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const values = list.split(',').map((value) => {
    const word = value.trim();
    return word === 'width' || word === 'height' ? word : word === '' ? Number.NaN : Number(word);
  });
  if (name !== '' && !values.some(Number.isNaN)) return { name: name.trim(), values };
  throw new ConfigError('cannot add the model', [
    `--fill: expected NAME=VALUES like orig_target_sizes=width,height, got "${text}"`,
  ]);
}
