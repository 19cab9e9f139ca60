import { join } from 'node:path';
import { encodeJpeg } from '../media/image.js';
import type { AddedModel } from '../models/add-model.js';
import { decodingText } from '../models/recognition/decoding-text.js';
import { inputText } from '../models/recognition/input-guesses.js';
import type { SeenScene } from '../models/try-out.js';
import { AnnotatedPictures } from './annotated-pictures.js';
import { print, printJson } from './print.js';

export interface ReportOptions {
  /** One JSON object instead of text. */
  readonly json: boolean;
  /** Nothing was kept. */
  readonly dryRun: boolean;
  /** Folder for the annotated pictures; default: `seen` in the model's own. */
  readonly out?: string | undefined;
}

const QUALITY = 90;

/** Tells how a model was understood and what it saw, and writes pictures with its boxes. @throws EdgeError E_OUTPUT */
export async function reportAdded(added: AddedModel, { json, dryRun, out }: ReportOptions): Promise<void> {
  const folder = out ?? (dryRun ? null : join(added.folder, 'seen'));
  const pictures = folder === null ? [] : await writePictures(added, folder);
  if (json) printJson(jsonOf(added, dryRun, pictures));
  else printText(added, dryRun, pictures);
}

/** One's own pictures, and of the drawn ones that with the most boxes. @returns the files */
async function writePictures({ seen, manifest }: AddedModel, folder: string): Promise<string[]> {
  const own = seen.filter(({ scene }) => scene.kind === 'frame');
  const roads = seen.filter(({ scene }) => scene.kind === 'road').sort((a, b) => b.boxes.length - a.boxes.length);
  const annotated = new AnnotatedPictures(folder);
  await annotated.open();
  const files: string[] = [];
  for (const { scene, boxes } of [...own, ...roads.slice(0, 1)]) {
    const name = `${pictureName(scene.id)}.png`;
    const bytes = await encodeJpeg(scene.data, scene.width, scene.height, QUALITY);
    files.push(await annotated.write(name, bytes, boxes, manifest.classes));
  }
  return files;
}

/** `pictures/a b.jpg` → `a-b` */
function pictureName(id: string): string {
  const base = id.split(/[\\/]/).at(-1)!;
  return base.replace(/\.(jpe?g|png|webp)$/i, '').replace(/[^\w.-]+/g, '-') || 'picture';
}

function jsonOf(
  { manifest, folder, info, recognition, seen, remarks }: AddedModel,
  dryRun: boolean,
  pictures: string[],
) {
  const { trial, namesFrom } = recognition;
  const { hits, wanted } = trial.judgement;
  return {
    model: manifest.name,
    variant: manifest.variants[0]!.id,
    folder,
    added: !dryRun,
    family: manifest.family,
    decoding: trial.named.reading.decoding,
    classes: manifest.classes,
    classesFrom: namesFrom,
    input: manifest.input,
    drawnVehicles: { found: hits, of: wanted },
    seen: seen.map(({ scene, boxes }) => ({ picture: scene.id, boxes: boxes.map(rounded) })),
    remarks,
    pictures,
    provider: info.provider,
    loadMs: info.loadMs,
  };
}

function rounded({ class: name, score, box }: SeenScene['boxes'][number]) {
  return { class: name, score: Math.round(score * 1000) / 1000, box: box.map((value) => Math.round(value * 10) / 10) };
}

const FROM = {
  you: 'as you name them',
  'the file': 'as the file names them',
  COCO: "COCO's, because nobody names others",
  'the project': "the project's own",
  nowhere: 'without names',
} as const;

function printText(added: AddedModel, dryRun: boolean, pictures: readonly string[]): void {
  const { manifest, folder, recognition, seen, remarks } = added;
  const { trial, namesFrom } = recognition;
  const { reading, classes } = trial.named;
  const { id, width, height } = manifest.variants[0]!;
  print(`${manifest.name} (${id})`);
  print(`  family    ${reading.family}: ${decodingText(reading.decoding)}`);
  print(`  input     ${width}x${height}, ${inputText(trial.values)}, ${manifest.input.type}`);
  print(`  classes   ${classes.length}, ${FROM[namesFrom]}: ${shortened(classes)}`);
  if (manifest.report) print(`  reported  ${shortened(manifest.report)}`);
  const { hits, wanted } = trial.judgement;
  if (wanted > 0) print(`  checked   ${hits} of ${wanted} drawn vehicles found`);
  for (const { scene, boxes } of seen) print(`  saw       ${countsOf(boxes)} in ${scene.id}`);
  for (const file of pictures) print(`  drawn in  ${file}`);
  for (const remark of remarks) print(`Note: ${remark}.`);
  if (dryRun) print('Nothing was added (--dry-run).');
  else {
    print(
      `It is in ${folder}. Check licence and origin in ${join(folder, 'model.json')}, then: run --model ${manifest.name}`,
    );
  }
}

/** `4 car, 1 truck`, the commonest first. */
function countsOf(boxes: SeenScene['boxes']): string {
  const counts = new Map<string, number>();
  for (const { class: name } of boxes) counts.set(name, (counts.get(name) ?? 0) + 1);
  const sorted = [...counts].sort(([, a], [, b]) => b - a).map(([name, count]) => `${count} ${name}`);
  return sorted.join(', ') || 'nothing';
}

function shortened(names: readonly string[]): string {
  return names.length <= 8 ? names.join(', ') : `${names.slice(0, 7).join(', ')}, …`;
}
