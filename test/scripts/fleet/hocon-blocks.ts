import { readFileSync } from 'node:fs';

/**
 * The blocks `name = {…}` or `name = […]` of a file of HOCON that keeps to JSON in them, comments apart: JSON is HOCON.
 * @throws SyntaxError where a block is no JSON, or something stands between them
 */
export function hoconBlocks(file: string): Record<string, unknown> {
  const text = readFileSync(file, 'utf8').replaceAll(/^\s*#.*\n/gm, '');
  const blocks: Record<string, unknown> = {};
  const rest = text.replaceAll(/^(\w+) = ([[{][\s\S]*?^[\]}])$/gm, (_, name: string, json: string) => {
    if (name in blocks) throw new SyntaxError(`${name} stands there twice`);
    blocks[name] = JSON.parse(json);
    return '';
  });
  if (rest.trim() !== '') throw new SyntaxError(`in no block of ${file}: ${rest.trim().slice(0, 80)}`);
  return blocks;
}
