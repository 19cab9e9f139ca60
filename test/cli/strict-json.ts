/**
 * The object that a line holds. `JSON.parse` takes the last of two equal keys without a word, where other readers of a
 * log refuse the line.
 * @throws SyntaxError where the line is no JSON object, or a key stands twice in one of its objects
 */
export function parseStrictly(line: string): Record<string, unknown> {
  const value: unknown = JSON.parse(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError(`no object: ${line}`);
  refuseTwins(line);
  return value as Record<string, unknown>;
}

/** Of valid JSON: a string is a key where a colon follows it. */
function refuseTwins(json: string): void {
  const open: Set<string>[] = [];
  for (const [token, text] of json.matchAll(/"((?:[^"\\]|\\.)*)"\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (text !== undefined) {
      if (open.at(-1)!.has(text)) throw new SyntaxError(`the key ${text} stands twice: ${json}`);
      open.at(-1)!.add(text);
    }
  }
}
