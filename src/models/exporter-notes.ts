import { type Literal, parseLiteral } from './python-literal.js';

/** What an exporter wrote into a model's metadata, read; null where it wrote nothing, or nothing that can be read. */
export interface ExporterNotes {
  /** Names of the classes, in the order of their indices: each once, none empty, at most 64 characters long. */
  readonly classes: readonly string[] | null;
  /** `detect`, `segment`, `pose`, `obb`, `classify`, … */
  readonly task: string | null;
  /** Input sizes are multiples of it, in pixels. */
  readonly stride: number | null;
  /** The input size that the model was exported for, in pixels. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Whether NMS is in the graph, or the model needs none. */
  readonly nms: boolean | null;
  readonly licence: string | null;
}

/** Names under which exporters write the classes: ultralytics first, then others. */
const CLASS_KEYS = ['names', 'class_names', 'classes', 'id2label', 'labels', 'label_names', 'categories', 'CLASSES'];
/** What the manifest allows. */
const MAX_NAME = 64;
const MAX_CLASSES = 10_000;
const MAX_LINE = 1000;

export function readNotes(metadata: ReadonlyMap<string, string>): ExporterNotes {
  const value = (key: string) => parseLiteral(metadata.get(key) ?? '');
  const args = value('args');
  const end2end = metadata.get('end2end') === 'True' ? true : null;
  const nms = args instanceof Map ? args.get('nms') : undefined;
  const licence = metadata.get('license') ?? metadata.get('licence');
  return {
    classes: CLASS_KEYS.map((key) => classesOf(metadata.get(key))).find((names) => names !== null) ?? null,
    task: metadata.get('task')?.trim().toLowerCase() || null,
    stride: wholeNumber(value('stride')),
    size: sizeOf(value('imgsz') ?? value('input_size')),
    nms: typeof nms === 'boolean' ? nms || end2end === true : end2end,
    licence: (licence && printable(licence).trim().slice(0, MAX_LINE)) || null,
  };
}

/** A list, or a dict from index to name, as Python or JSON writes them, or names between commas or lines. */
function classesOf(text: string | undefined): readonly string[] | null {
  if (!text) return null;
  const value = parseLiteral(text) ?? (/^\s*[{[(]/.test(text) ? null : text.split(/[\n,;]/));
  if (value instanceof Map) return fromIndices(value);
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CLASSES) return null;
  return unambiguous(value.map(nameOf));
}

function fromIndices(entries: ReadonlyMap<string, Literal>): readonly string[] | null {
  // {'car': 0} is as common as {0: 'car'}
  const turned = [...entries].every(([key, value]) => !isIndex(key) && typeof value === 'number');
  const pairs = [...entries].map(([key, value]) => (turned ? [String(value), key] : [key, value]) as [string, Literal]);
  if (pairs.length === 0 || !pairs.every(([index]) => isIndex(index))) return null;
  const names: string[] = new Array(Math.max(...pairs.map(([index]) => Number(index))) + 1).fill('');
  for (const [index, name] of pairs) names[Number(index)] = nameOf(name);
  return unambiguous(names);
}

function isIndex(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) < MAX_CLASSES;
}

function nameOf(value: Literal): string {
  if (value instanceof Map) return nameOf(value.get('name') ?? '');
  return value === null ? '' : printable(String(value));
}

/** These texts are anybody's, and are printed to terminals. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** Configurations name classes, so each needs a name of its own: `class 3` where it has none, `car (4)` where another has it. */
function unambiguous(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((given, index) => {
    const name = given.trim().slice(0, MAX_NAME) || `class ${index}`;
    const unique = taken.has(name) ? `${name.slice(0, MAX_NAME - 8)} (${index})` : name;
    taken.add(unique);
    return unique;
  });
}

/** Height before width, or one number for both. */
function sizeOf(value: Literal | undefined): ExporterNotes['size'] {
  const [height, width] = Array.isArray(value) ? value.slice(-2) : [value, value];
  const [h, w] = [wholeNumber(height), wholeNumber(width ?? height)];
  return h === null || w === null ? null : { width: w, height: h };
}

function wholeNumber(value: Literal | undefined): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 8192 ? value : null;
}
