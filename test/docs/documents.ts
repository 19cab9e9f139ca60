import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

/** A piece of a document and where it stands, for messages: `docs/mqtt.md:12`. */
export interface Piece {
  /** Relative to the project's folder. */
  readonly file: string;
  /** Of its first line, from 1. */
  readonly line: number;
  readonly text: string;
}

/** The text between two fences. */
export interface Block extends Piece {
  /** What stands after the opening fence: `sh`, `yaml`, `ts`, …; empty where nothing does. */
  readonly language: string;
}

/** `docs/mqtt.md:12: WHAT`, as a problem is told. */
export const problemAt = ({ file, line }: Omit<Piece, 'text'>, what: string): string => `${file}:${line}: ${what}`;

/** Every document that people read, by its path in the project. */
export const DOCUMENTS: readonly string[] = [
  '',
  'docs',
  'docs/boards',
  'docs/fleet',
  'docs/mqtt',
  'models',
  'scripts',
  'bench',
].flatMap((folder) =>
  readdirSync(join(PROJECT_ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

/** What has been is told there by the names that it had. */
export const HISTORY = 'CHANGELOG.md';

const FENCE = /^ *```(\S*) *$/;

export const textOf = (file: string): string => readFileSync(join(PROJECT_ROOT, file), 'utf8');

/** The fenced blocks of a document, without the indentation of their fences. */
export function blocksOf(file: string): Block[] {
  const lines = textOf(file).split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = FENCE.exec(lines[at]!)?.[1];
    if (language === undefined) continue;
    const indent = lines[at]!.indexOf('`');
    const end = lines.findIndex((line, index) => index > at && FENCE.test(line));
    if (end === -1) throw new Error(problemAt({ file, line: at + 1 }, 'a fence that is never closed'));
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent));
    blocks.push({ file, line: at + 2, language, text: text.join('\n') });
    at = end;
  }
  return blocks;
}

/** What stands `like this` in a document outside its blocks; a line break within is a space. */
export function codeOf(file: string): Piece[] {
  return matches(file, prose(file), /`((?:[^`\n]|\n(?! *\n))+)`/g).map((piece) => ({
    ...piece,
    text: piece.text.replace(/\s*\n\s*/g, ' '),
  }));
}

/** The targets of the links and pictures of a document. */
export function linksOf(file: string): Piece[] {
  return matches(file, prose(file), /\]\(([^)\s]+)\)/g);
}

/** The anchors that headings of a document have on GitHub. */
export function anchorsOf(file: string): Set<string> {
  const headings = prose(file).matchAll(/^#+ +(.*)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}_ -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The document with its blocks blanked, so that lines keep their numbers. */
function prose(file: string): string {
  let inside = false;
  return textOf(file)
    .split('\n')
    .map((line) => {
      const fence = FENCE.test(line);
      if (fence) inside = !inside;
      return fence || inside ? '' : line;
    })
    .join('\n');
}

/** The first group of each match, with the line it is on. */
export function matches(file: string, text: string, pattern: RegExp): Piece[] {
  return [...text.matchAll(pattern)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    text: match[1]!,
  }));
}
