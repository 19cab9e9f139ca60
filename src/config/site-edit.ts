import { createHash } from 'node:crypto';
import { type DifferingLine, lineDifference } from './line-difference.js';
import { type ConfigSources, readConfig } from './load.js';
import { readText } from './site-file.js';
import { parseYaml } from './yaml.js';
import { editLists } from './yaml-edit.js';

/** Lists of a camera that a page may write. */
export const SHAPE_LISTS = ['lines', 'zones', 'rules', 'masks', 'privacyMasks'] as const;
export type ShapeList = (typeof SHAPE_LISTS)[number];
/** What a camera is to have of each, as the file would have it; not checked yet. */
export type CameraShapes = Readonly<Record<ShapeList, readonly unknown[]>>;

/** A site's file as it is now. */
export interface SiteText {
  readonly text: string;
  /** Of the text: whoever changes the file says which one it was. */
  readonly sha256: string;
}

/** Something that is wrong with an edited file. */
export interface EditProblem {
  /** Paths within the camera that it concerns: `lines.1.to`; empty where it is about something else. */
  readonly at: readonly string[];
  /** As `config check` tells it. */
  readonly text: string;
}

/** What a change would make of a site's file. */
export interface SiteEdit extends SiteText {
  readonly before: SiteText;
  readonly problems: readonly EditProblem[];
  readonly difference: readonly DifferingLine[];
}

/** @throws RangeError where it cannot be read */
export function readSite(file: string): SiteText {
  const read = readText(file);
  if ('problem' in read) throw new RangeError(`${file}: ${read.problem}`);
  return siteText(read.text);
}

const siteText = (text: string): SiteText => ({ text, sha256: createHash('sha256').update(text).digest('hex') });

/** What the file itself says of each of its cameras, by id; not checked. Empty where it cannot be read as YAML. */
export function shapesInSite({ text }: SiteText): ReadonlyMap<string, CameraShapes> {
  const shapes = new Map<string, CameraShapes>();
  for (const camera of camerasIn(text)) {
    const id = idIn(camera);
    const lists = SHAPE_LISTS.map((list) => [list, listIn(camera, list)] as const);
    if (id !== null) shapes.set(id, Object.fromEntries(lists) as Record<ShapeList, readonly unknown[]>);
  }
  return shapes;
}

/**
 * Puts shapes of a camera into the text of the file, and checks the whole as a start would. Nothing is written.
 *
 * @throws RangeError where the file has no such camera, or is written so that it cannot be edited
 */
export function editedSite(
  sources: ConfigSources & { readonly file: string },
  camera: string,
  shapes: CameraShapes,
): SiteEdit {
  const before = readSite(sources.file);
  const index = camerasIn(before.text).findIndex((one) => idIn(one) === camera);
  if (index < 0) throw new RangeError(`camera: expected one that ${sources.file} has, got ${camera}`);
  const had = shapesInSite(before).get(camera)!;
  const edits = SHAPE_LISTS.filter((list) => shapes[list].length > 0 || had[list].length > 0).map((key) => ({
    mapping: ['cameras', index],
    key,
    items: shapes[key],
  }));
  const after = siteText(editLists(before.text, edits));
  const { problems } = readConfig({ ...sources, fileText: after.text });
  return {
    ...after,
    before,
    problems: problems.map((text) => ({ at: pathsWithin(text, `cameras.${index}.`), text })),
    difference: lineDifference(before.text, after.text),
  };
}

/** `cameras.0.lines.0.from and cameras.0.lines.0.to: expected …` is about `lines.0.from` and `lines.0.to`. */
function pathsWithin(problem: string, camera: string): string[] {
  const paths = problem.slice(0, Math.max(0, problem.indexOf(': '))).split(' and ');
  return paths.filter((path) => path.startsWith(camera)).map((path) => path.slice(camera.length));
}

function camerasIn(text: string): readonly unknown[] {
  const { cameras } = parseYaml(text).data;
  return Array.isArray(cameras) ? cameras : [];
}

function idIn(camera: unknown): string | null {
  const id = (camera as { id?: unknown } | null)?.id;
  return typeof id === 'string' ? id : null;
}

function listIn(camera: unknown, list: ShapeList): readonly unknown[] {
  const value = (camera as Readonly<Record<string, unknown>>)[list];
  return Array.isArray(value) ? value : [];
}
