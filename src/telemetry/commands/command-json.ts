/** Levels of nesting that a command may have. */
const MAX_DEPTH = 8;

/**
 * The JSON object in a text; an empty text counts as `{}`.
 *
 * @throws Error where it is none, or nested too deeply
 */
export function parseCommandJson(text: string): Record<string, unknown> {
  const depth = jsonDepth(text);
  if (depth > MAX_DEPTH) throw new Error(`payload: expected at most ${MAX_DEPTH} levels of nesting, got ${depth}`);
  const value = text.trim() === '' ? {} : parsed(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw noObject();
  return value as Record<string, unknown>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw noObject();
  }
}

function noObject(): Error {
  return new Error('payload: expected a JSON object');
}

/** Nesting of brackets outside strings, found without parsing. */
function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (inString) {
      if (c === '\\') i++;
      else if (c === '"') inString = false;
    } else if (c === '"') inString = true;
    else if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}
