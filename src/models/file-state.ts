import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelRegistry } from './registry.js';

/**
 * What tells one state of a variant's file and its manifest from another, without reading the file: sizes and times. null
 * where one of them is not there.
 */
export async function stateOfModelFile(dir: string, model: string, variant: string): Promise<string | null> {
  try {
    const { file } = await (await ModelRegistry.open(dir)).find(model, variant);
    const stats = await Promise.all([stat(join(dir, model, 'model.json')), stat(file)]);
    return stats.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join(' ');
  } catch {
    return null;
  }
}
