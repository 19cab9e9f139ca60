import { sha256Of } from '../../foundation/sha256.js';

/** Statements that differ in their values alone are one. */
export interface QueryFingerprint {
  /** Of the text: 16 hexadecimal digits. */
  readonly id: string;
  /** The statement with `?` for each value and `(?, ...)` for each list of values, on one line; identifiers keep their case. */
  readonly text: string;
}

/** Longer than any statement that a person writes; the rest is cut off. */
const LONGEST = 10_000;

/*
 * What has no meaning or is a value, in SQLite's and PostgreSQL's writing. Nothing is understood here: a statement that no parser reads has
 * to be counted too. In this order: comments; strings ('', E'\'', $tag$ $tag$), blobs; quoted names, kept; parameters; numbers; white space.
 */
const TOKENS =
  /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|([eE]'(?:[^'\\]|\\[\s\S]|'')*'?|[xXbB]?'(?:[^']|'')*'?|\$([A-Za-z_]*)\$[\s\S]*?(?:\$\3\$|$))|("(?:[^"]|"")*"?|`[^`]*`?|\[[A-Za-z_][^\]]*\])|(\?\d*|[:@$][A-Za-z0-9_]+)|([A-Za-z_][A-Za-z0-9_$]*)|((?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))|(\s+)|(::)/g;

/** The same statement with other values has the same fingerprint. */
export function queryFingerprint(sql: string): QueryFingerprint {
  const text = normalised(sql.slice(0, LONGEST));
  return { id: sha256Of(text).slice(0, 16), text };
}

function normalised(sql: string): string {
  return sql
    .replace(TOKENS, (token, comment, string, _tag, name, parameter, word, number) => {
      if (comment !== undefined) return ' ';
      // what LIKE cannot be searched by is no value
      if (string?.startsWith("'%")) return "'%?'";
      if (string !== undefined || parameter !== undefined || number !== undefined) return '?';
      if (name !== undefined) return token;
      if (word !== undefined) return KEYWORDS.has(token.toUpperCase()) ? token.toUpperCase() : token;
      return token === '::' ? token : ' ';
    })
    .replace(/\s+/g, ' ')
    .replace(/(?<=[(,=<>+*/|-]\s?)- ?\?/g, '?')
    .replace(/\(\s*\?(?:\s*,\s*\?)*\s*\)/g, '(?, ...)')
    .replace(/(\(\?, \.\.\.\))(?:\s*,\s*\(\?, \.\.\.\))+/g, '$1, ...')
    .replace(/[\s;]+$/, '')
    .trim();
}

const KEYWORDS = new Set(
  'SELECT FROM WHERE AND OR NOT IN IS NULL JOIN LEFT RIGHT INNER OUTER CROSS ON USING GROUP BY ORDER HAVING LIMIT OFFSET AS INSERT INTO VALUES UPDATE SET DELETE DISTINCT UNION ALL EXCEPT INTERSECT CASE WHEN THEN ELSE END BETWEEN LIKE GLOB EXISTS ASC DESC WITH RECURSIVE RETURNING CONFLICT DO NOTHING REPLACE OVER PARTITION'.split(
    ' ',
  ),
);
