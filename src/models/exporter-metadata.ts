import { type PythonValue, parsePythonLiteral } from './python-literal.js';

/** What an exporter wrote into a model's metadata; null where it says nothing that can be read. Ultralytics says all. */
export interface ExporterMetadata {
  /** Class names in the order of their indices. */
  readonly names: readonly string[] | null;
  /** `detect`, `segment`, `pose`, `obb`, `classify`. */
  readonly task: string | null;
  /** The size of input that it was exported for, in pixels. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** Pixels: sizes are multiples of it. */
  readonly stride: number | null;
  /** Whether NMS was exported with it. */
  readonly nms: boolean | null;
  readonly licence: string | null;
  /** Name and version of the program that made it. */
  readonly madeBy: string | null;
}

const NAMES = ['names', 'class_names', 'classes', 'labels'];

/** @param metadata `metadata_props` of the file */
export function readExporterMetadata(metadata: ReadonlyMap<string, string>): ExporterMetadata {
  const parsed = (key: string) => parsePythonLiteral(metadata.get(key) ?? '');
  const args = parsed('args');
  const nms = args instanceof Map ? args.get('nms') : parsed('nms');
  const stride = parsed('stride');
  const author = metadata.get('author');
  const version = metadata.get('version');
  return {
    names: NAMES.map((key) => namesOf(metadata.get(key))).find((names) => names !== null) ?? null,
    task: metadata.get('task')?.trim().toLowerCase() || null,
    size: sizeOf(parsed('imgsz')),
    stride: typeof stride === 'number' && stride >= 1 && stride <= 256 ? stride : null,
    nms: typeof nms === 'boolean' ? nms : null,
    licence: metadata.get('license')?.trim() || metadata.get('licence')?.trim() || null,
    madeBy: [author, version].filter(Boolean).join(' ') || null,
  };
}

/** `{0: 'car', 1: 'bus'}`, `['car', 'bus']`, or `car,bus`. */
function namesOf(text: string | undefined): readonly string[] | null {
  if (text === undefined || text.trim() === '') return null;
  const value = parsePythonLiteral(text);
  if (value instanceof Map) return inOrder(value);
  if (Array.isArray(value)) return allNames(value);
  return value === undefined && !/[{}[\]]/.test(text) ? allNames(text.split(/[,\n]/)) : null;
}

/** Indices must be 0, 1, 2, …: a gap would give every later class another's name. */
function inOrder(names: ReadonlyMap<string, PythonValue>): readonly string[] | null {
  const ordered = Array.from({ length: names.size }, (_, index) => names.get(String(index)));
  return ordered.includes(undefined) ? null : allNames(ordered);
}

function allNames(values: readonly (PythonValue | undefined)[]): readonly string[] | null {
  const names = values.map((value) => (typeof value === 'string' ? value.trim() : String(value ?? '')));
  return names.length > 0 && names.every((name) => name !== '' && name.length <= 64) ? names : null;
}

/** Height comes first. */
function sizeOf(value: PythonValue | undefined): ExporterMetadata['size'] {
  const sides = typeof value === 'number' ? [value, value] : Array.isArray(value) ? value : [];
  const [height, width = height] = sides;
  const isSide = (side: unknown): side is number => Number.isInteger(side) && (side as number) >= 8;
  return isSide(width) && isSide(height) ? { width, height } : null;
}
