import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  stringify,
  visit,
  type YAMLError,
  type YAMLMap,
} from 'yaml';
import { explain } from '../foundation/errors.js';
import type { Path } from './schema.js';

/** A YAML text as plain data; `problems` is not empty when it could not be read. */
export interface YamlText {
  /** The top-level mapping; empty when the text holds only comments, or when there are problems. */
  readonly data: Record<string, unknown>;
  /** `line 3, column 7: …` */
  readonly problems: readonly string[];
  /** The line that says `path`, or the nearest one around it; null for an empty path or a text without lines. */
  lineOf(path: Path): number | null;
}

// more expansions than this are an attack or an accident, never a site
const MAX_ALIASES = 100;
// a site of 64 cameras needs a tenth of this
const MAX_ENTRIES = 10_000;
// one missing quote makes a fault of every line after it
const MAX_FAULTS = 10;
// the parser recurses
const TOO_DEEP = 'nested too deeply';
const MERGE_KEY = '<<';
const STACK_OVERFLOW = /call stack/;

/** Parses YAML 1.2 (JSON too) with merge keys; duplicate keys, unknown tags and endless aliases are problems. */
export function parseYaml(text: string): YamlText {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      merge: true,
      // it would compare each key with each other
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error',
    });
    const faults = [...document.errors, ...document.warnings];
    if (faults.some((fault) => STACK_OVERFLOW.test(fault.message))) return failed([TOO_DEEP]);
    if (faults.length > 0) return failed(describe(faults, lines));
    const { entries, repeated } = inspect(document, lines);
    if (entries > MAX_ENTRIES) return failed([`expected at most ${MAX_ENTRIES} keys and list entries, got more`]);
    if (repeated.length > 0) return failed(bounded(repeated));
    const root = document.contents;
    if (root !== null && !isMap(root) && !isEmpty(root)) {
      return failed([
        `expected keys and values (site: …, cameras: …), got ${isSeq(root) ? 'a list' : 'a single value'}`,
      ]);
    }
    const data = (document.toJS({ maxAliasCount: MAX_ALIASES }) ?? {}) as Record<string, unknown>;
    const index: KeyIndex = new WeakMap();
    return { data, problems: [], lineOf: (path) => lineOf(root, path, lines, index) };
  } catch (error) {
    // expanding aliases throws
    return failed([error instanceof RangeError ? TOO_DEEP : unquoted(explain(error))]);
  }
}

/** Plain data as a YAML text that `parseYaml` reads back the same. */
export function formatYaml(data: Readonly<Record<string, unknown>>): string {
  return stringify(data, { lineWidth: 0 });
}

/** A password that begins with * or ! is an alias or a tag to YAML, and its messages repeat it. */
function unquoted(message: string): string {
  const known = /: !(?:secret|include|env|env_var|vault|file)\b/.test(message);
  return known ? message : message.replace(/(?<=[\w)]): .*/s, '').replace(/(?<=tag|sequence|The) [!\\]\S*/, '');
}

function failed(problems: string[]): YamlText {
  return { data: {}, problems, lineOf: () => null };
}

function describe(faults: readonly YAMLError[], lines: LineCounter): string[] {
  return bounded(faults.map((fault) => `${place(lines, fault.pos[0])}: ${unquoted(fault.message)}`));
}

function bounded(problems: string[]): string[] {
  const more = problems.length - MAX_FAULTS;
  return more > 0 ? [...problems.slice(0, MAX_FAULTS), `and ${more} more after these`] : problems;
}

/** Counts keys and list entries, and finds the keys that a mapping has already; gives up where there are too many. */
function inspect(document: Document, lines: LineCounter): { entries: number; repeated: string[] } {
  let entries = 0;
  const repeated: string[] = [];
  visit(document, {
    Collection(_, collection) {
      entries += collection.items.length;
      if (entries > MAX_ENTRIES) return visit.BREAK;
      if (isMap(collection)) repeated.push(...repeatedKeys(collection, lines));
      return undefined;
    },
  });
  return { entries, repeated };
}

function repeatedKeys(map: YAMLMap, lines: LineCounter): string[] {
  const seen = new Set<string>();
  return map.items.flatMap((pair) => {
    const name = nameOf(pair);
    if (!isScalar(pair.key) || name === MERGE_KEY || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [`${place(lines, pair.key.range?.[0] ?? 0)}: the key ${name} is there already`];
  });
}

function place(lines: LineCounter, offset: number): string {
  const { line, col } = lines.linePos(offset);
  return `line ${line}, column ${col}`;
}

/** A text of comments only. */
function isEmpty(node: Node): boolean {
  return isScalar(node) && node.value === null;
}

/** The pairs of each mapping by key, made when first asked for. */
type KeyIndex = WeakMap<YAMLMap, Map<string, Pair>>;

function lineOf(root: unknown, path: Path, lines: LineCounter, index: KeyIndex): number | null {
  let node: unknown = root;
  let offset: number | null = null;
  for (const key of path) {
    const found = isMap(node) ? keyed(node, key, index) : isSeq(node) ? listed(node.items[Number(key)]) : null;
    if (found === null) break;
    offset = found.offset ?? offset;
    node = found.value;
  }
  return offset === null ? null : lines.linePos(offset).line;
}

interface Found {
  readonly offset: number | null;
  readonly value: unknown;
}

function keyed(map: YAMLMap, key: string, index: KeyIndex): Found | null {
  let pairs = index.get(map);
  if (pairs === undefined) index.set(map, (pairs = new Map(map.items.map((pair) => [nameOf(pair), pair]))));
  const pair = pairs.get(key);
  return pair ? { offset: (pair.key as Node | null)?.range?.[0] ?? null, value: pair.value } : null;
}

function nameOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

function listed(item: unknown): Found | null {
  return item === undefined ? null : { offset: (item as Node).range?.[0] ?? null, value: item };
}
