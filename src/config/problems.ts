import { maskCredentials } from '../foundation/log.js';
import { didYouMean, type z } from '../foundation/validate.js';
import { CAMERA_KEYS, KEYS } from './keys.js';
import type { Layers } from './layers.js';
import { expectation, isSection, nodeAt, type Path, type SchemaNode } from './schema.js';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong, and the path it concerns. */
export interface Problem {
  readonly path: Path;
  /** `mqtt.keepaliveS: expected a whole number from 5 to 3600 s, got 3 (file site.yaml:12)` */
  readonly text: string;
}

const LONGEST_VALUE = 60;
/** Of a text's form: the message is the key's own. */
const SAYS_WHAT_IT_EXPECTS = ['invalid_format', 'custom'];
/** The value has the kind that was wanted, only not the right content. */
const FITS_IN_KIND = [...SAYS_WHAT_IT_EXPECTS, 'unrecognized_keys'];

/** What the schema found wrong, in words for people, in the order of the schema. */
export function describeIssues(issues: readonly Issue[], layers: Layers): Problem[] {
  return issues.flatMap((issue) => describe(issue, [], layers));
}

function describe(issue: Issue, base: Path, layers: Layers): Problem[] {
  const path = [...base, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], layers));
  if (issue.code === 'invalid_union') {
    const branch = nearestBranch(issue.errors);
    if (branch) return branch.flatMap((inner) => describe(inner, path, layers));
  }
  const node = nodeAt(path);
  const value = layers.get(path);
  const expected = SAYS_WHAT_IT_EXPECTS.includes(issue.code)
    ? issue.message.replace(/^expected /, '')
    : node
      ? expectation(node)
      : issue.message;
  // text in the place of a section may be one of its secrets
  const isHidden = node?.secret || (isSection(node) && typeof value === 'string');
  const got = isHidden && value !== null ? `${String(value).length} characters` : show(value);
  const hint = value === undefined ? missingHint(path) : quoteHint(node, value);
  return [{ path, text: `${path.join('.')}: expected ${expected}, got ${got}${hint}${said(path, layers)}` }];
}

/** Of the ways in which a value may be written, the one that it comes nearest to: the one it has the right kind for. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
  const fits = branches.filter((issues) =>
    issues.every(({ path, code }) => path.length > 0 || FITS_IN_KIND.includes(code)),
  );
  return fits.length === 1 ? fits[0]! : null;
}

function unknownKey(path: Path, layers: Layers): Problem {
  const name = path[path.length - 1]!;
  const section = nodeAt(path.slice(0, -1));
  const meant = didYouMean(name, siblings(section)) ?? elsewhere(name, path);
  return {
    path,
    text: `${path.join('.')}: unknown key${meant ? `, did you mean ${meant}?` : ''}${said(path, layers)}`,
  };
}

function siblings(node: SchemaNode | null): string[] {
  const section = isSection(node) ? node : node?.anyOf?.find(isSection);
  return Object.keys(section?.properties ?? {});
}

/** `broker` at the top → `mqtt.broker` */
function elsewhere(name: string, path: Path): string | null {
  const keys = [...KEYS, ...CAMERA_KEYS].map((key) => key.path);
  const same = keys.filter((key) => key.endsWith(`.${name}`) && key !== path.join('.'));
  return same.length === 1 ? same[0]!.replace('*', '<n>') : null;
}

/** Where the faulty value was said: ` (file site.yaml:12)`. */
function said(path: Path, layers: Layers): string {
  const origin = layers.nearestOrigin(path);
  return origin === null ? '' : ` (${origin})`;
}

function show(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'a section';
  if (typeof value !== 'string') return String(value);
  const text = maskCredentials(value);
  return JSON.stringify(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
}

/** YAML reads `protocol: 5` as a number. */
function quoteHint(node: SchemaNode | null, value: unknown): string {
  const wantsText = node?.type === 'string' && !node.secret;
  return wantsText && (typeof value === 'number' || typeof value === 'boolean') ? `; write "${value}" with quotes` : '';
}

function missingHint(path: Path): string {
  const isUrl = path[0] === 'cameras' && path[2] === 'url';
  return isUrl ? '; set url, urlFile or EDGE_CAMERA_<ID>_URL' : '';
}
