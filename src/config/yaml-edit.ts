import { isDeepStrictEqual } from 'node:util';
import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { parseYaml } from './yaml.js';

/** A list of named things in a mapping of the text: `['cameras', 0]` and `lines`. */
export interface ListEdit {
  /** Of the mapping that has the list, or is to have it. */
  readonly mapping: readonly (string | number)[];
  readonly key: string;
  /** What the list is to hold; empty: the key goes. */
  readonly items: readonly unknown[];
}

/** A part of the text and what stands there instead. */
interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const FLAT = { lineWidth: 0, flowCollectionPadding: false } as const;

const BY_HAND = 'the file is written in a way that cannot be edited here (anchors or merged keys): edit it by hand';

/**
 * Writes lists into a YAML text. What is not edited stays as it is, byte by byte; items are told apart by their `id`, and one that is
 * as it was keeps its lines, with their comments.
 *
 * @throws RangeError where the text cannot be edited so: there is no such mapping, or what is written there is used elsewhere too
 */
export function editLists(text: string, edits: readonly ListEdit[]): string {
  const edited = edits.reduce(editList, text);
  const wanted = parseYaml(text).data;
  const { data, problems } = parseYaml(edited);
  if (problems.length > 0) throw new RangeError(BY_HAND);
  for (const { mapping, key, items } of edits) {
    ownerIn(wanted, mapping)[key] = items;
    // without the key there are none either
    ownerIn(data, mapping)[key] ??= [];
  }
  if (!isDeepStrictEqual(plain(data), plain(wanted))) throw new RangeError(BY_HAND);
  return edited;
}

/** Lists by their keys as a text of their own, to be put into a file by hand. */
export const listsText = (lists: Readonly<Record<string, readonly unknown[]>>): string =>
  Object.entries(lists)
    .map(([key, items]) => `${items.length === 0 ? `${key}: []` : listText(key, items)}\n`)
    .join('');

const ownerIn = (data: unknown, mapping: ListEdit['mapping']): Record<string, unknown> =>
  mapping.reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], data) as Record<string, unknown>;

const plain = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

function editList(text: string, { mapping, key, items }: ListEdit): string {
  const document = parseDocument(text, { merge: true, uniqueKeys: false, logLevel: 'silent' });
  const map = document.getIn(mapping);
  if (!isMap(map)) throw new RangeError(`${mapping.join('.')}: expected a mapping in the file, found none`);
  const pair = map.items.find((one) => isScalar(one.key) && one.key.value === key) ?? null;
  if (isFlow(document.contents, mapping)) return wholeDocument(document, mapping, key, items);
  const splices =
    pair === null
      ? inserted(text, map, key, items)
      : changed(text, document, map, pair as Pair<Node, Node | null>, items);
  return splices.toSorted((a, b) => b.from - a.from).reduce(applied, text);
}

/** Whether a mapping, or one around it, is written in braces. */
function isFlow(root: unknown, path: readonly (string | number)[]): boolean {
  let node: unknown = root;
  for (const name of path) {
    if (isCollection(node) && node.flow) return true;
    node = isCollection(node) ? node.get(name, true) : undefined;
  }
  return isCollection(node) && node.flow === true;
}

function wholeDocument(
  document: Document,
  mapping: readonly (string | number)[],
  key: string,
  items: readonly unknown[],
): string {
  if (items.length > 0) document.setIn([...mapping, key], items);
  else document.deleteIn([...mapping, key]);
  return document.toString({ lineWidth: 0 });
}

const applied = (text: string, { from, to, text: instead }: Splice): string =>
  text.slice(0, from) + (text.includes('\r\n') ? instead.replace(/\r?\n/g, '\r\n') : instead) + text.slice(to);

/** The key at the end of the mapping, in the column of the others. */
function inserted(text: string, map: YAMLMap, key: string, items: readonly unknown[]): Splice[] {
  if (items.length === 0) return [];
  const at = contentEnd(map);
  const first = map.items[0]!.key as Node;
  const column = columnOf(text, first.range![0]);
  const end = endOfLine(text, at);
  return [{ from: end, to: end, text: `\n${' '.repeat(column)}${indented(listText(key, items), column)}` }];
}

function changed(
  text: string,
  document: Document,
  map: YAMLMap,
  pair: Pair<Node, Node | null>,
  items: readonly unknown[],
): Splice[] {
  if (isDeepStrictEqual(plain(pair.value?.toJS(document) ?? null), plain(items))) return [];
  const from = pair.key.range![0];
  const to =
    pair.value === null
      ? endOfWord(text, pair.key.range![1])
      : Math.max(contentEnd(pair.value), endOfWord(text, pair.key.range![1]));
  // as the first key of an item of a list it has the dash before it
  if (items.length === 0 && map.items.length > 1 && map.items[0] !== pair) return [wholeLines(text, from, to)];
  if (isSeq(pair.value) && !pair.value.flow && items.length > 0) {
    const splices = eachItem(text, pair.value, items);
    if (splices !== null) return splices;
  }
  const column = columnOf(text, from);
  const key = String((pair.key as { value?: unknown }).value);
  return [{ from, to, text: items.length === 0 ? `${key}: []` : indented(listText(key, items), column) }];
}

/** null where the list has another order than before, or items without a name: it is written anew then. */
function eachItem(text: string, list: YAMLSeq, items: readonly unknown[]): Splice[] | null {
  const nodes = list.items as Node[];
  const before = nodes.map((node) => (isMap(node) ? (node.toJSON() as { id?: unknown }) : null));
  const names = items.map(nameOf);
  const kept = before.map((item) => (item === null ? -1 : names.indexOf(item.id)));
  const places = kept.filter((place) => place >= 0);
  const isInOrder = places.every((place, index) => place === index) && new Set(places).size === places.length;
  if (!isInOrder || places.length === 0 || names.includes(undefined) || before.includes(null)) return null;
  const splices = nodes.flatMap((node, index): Splice[] => {
    const [from, to] = [node.range![0], contentEnd(node)];
    if (kept[index]! < 0) return [wholeLines(text, from, to)];
    const wanted = items[kept[index]!];
    if (isDeepStrictEqual(plain(before[index]), plain(wanted))) return [];
    return [
      { from, to, text: indented(itemText(node as YAMLMap, wanted, text.slice(from, to)), columnOf(text, from)) },
    ];
  });
  const added = items.slice(places.length);
  if (added.length === 0) return splices;
  const dash = text.lastIndexOf('-', nodes[0]!.range![0]);
  const column = columnOf(text, dash);
  const end = endOfLine(text, contentEnd(nodes.at(-1)!));
  const lines = indented(new Document(flowing(added)).toString(FLAT).trimEnd(), column);
  return [...splices, { from: end, to: end, text: `\n${' '.repeat(column)}${lines}` }];
}

const nameOf = (item: unknown): unknown => (item as { id?: unknown } | null)?.id;

/** An item with what changed in it; what did not keeps its comments and its way of being written. */
function itemText(item: YAMLMap, wanted: unknown, source: string): string {
  const copy = item.clone() as YAMLMap;
  const values = wanted as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(values)) {
    const node = copy.get(key, true) as Node | undefined;
    if (node !== undefined && isDeepStrictEqual(node.toJS(new Document()), value)) continue;
    if (isScalar(node) && (typeof value !== 'object' || value === null)) node.value = value;
    else copy.set(key, withComment(flowing(value, node), node));
  }
  for (const name of Object.keys(item.toJSON() as object)) if (!(name in values)) copy.delete(name);
  withoutLastComment(copy);
  const document = new Document();
  document.contents = copy as never;
  const text = document.toString({ lineWidth: 0, flowCollectionPadding: source.includes('[ ') }).trimEnd();
  // `{ id: a, from: [0, 1] }`, as people write it
  return source.startsWith('{ ') ? text.replace(/^\{ ?/, '{ ').replace(/ ?\}$/, ' }') : text;
}

function withComment(node: Node, before: Node | undefined): Node {
  if (before?.comment != null) node.comment = before.comment;
  return node;
}

/** It stands behind what is replaced, and stays there. */
function withoutLastComment(node: unknown): void {
  if (isPair(node)) {
    withoutLastComment(node.value ?? node.key);
    return;
  }
  if (isScalar(node) || isCollection(node) || isAlias(node)) delete (node as { comment?: unknown }).comment;
  if (isCollection(node) && !node.flow) withoutLastComment(node.items.at(-1));
}

/** Points and what is in them on one line: `[0.1, 0.2]`. */
function flowing(value: unknown, before?: Node): Node {
  const node = new Document().createNode(value) as Node;
  const isShort = Array.isArray(value) && value.every((one) => typeof one !== 'object' || Array.isArray(one));
  if (isCollection(node) && isShort && !(isCollection(before) && before.flow === false)) node.flow = true;
  else if (isCollection(node)) {
    for (const child of node.items) {
      const inner = isPair(child) ? child.value : child;
      const plainValue = (inner as Node | null)?.toJS?.(new Document());
      if (isCollection(inner) && Array.isArray(plainValue)) inner.flow = true;
      else if (isMap(inner)) for (const pair of inner.items) if (isSeq(pair.value)) pair.value.flow = true;
    }
  }
  return node;
}

function listText(key: string, items: readonly unknown[]): string {
  const document = new Document({});
  document.set(key, flowing(items.map((item) => item)));
  const list = document.get(key, true);
  if (isSeq(list) && items.some((item) => typeof item === 'object' && item !== null)) list.flow = false;
  if (isSeq(list)) for (const child of list.items) if (isSeq(child)) child.flow = true;
  return document.toString(FLAT).trimEnd();
}

/** Where the last word of a node ends: comments behind it are not of it. */
function contentEnd(node: unknown): number {
  if (isPair(node)) return Math.max(contentEnd(node.key), node.value === null ? 0 : contentEnd(node.value));
  if (isCollection(node) && !node.flow && node.items.length > 0) return contentEnd(node.items.at(-1));
  return (node as Node).range![1];
}

const endOfWord = (text: string, at: number): number => text.indexOf(':', at) + 1;

/** Where the line ends that `at` is in, without its line break. */
function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  if (end < 0) return text.length;
  return text[end - 1] === '\r' ? end - 1 : end;
}

/** Takes whole lines out, with a comment at the end of the last. */
function wholeLines(text: string, from: number, to: number): Splice {
  const start = text.lastIndexOf('\n', from) + 1;
  const end = text.indexOf('\n', to);
  return { from: start, to: end < 0 ? text.length : end + 1, text: '' };
}

const columnOf = (text: string, at: number): number => at - (text.lastIndexOf('\n', at - 1) + 1);

const indented = (lines: string, column: number): string => lines.replaceAll('\n', `\n${' '.repeat(column)}`);
