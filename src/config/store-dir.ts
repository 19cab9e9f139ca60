import { fromRoot } from '../foundation/home.js';

/** As the schema says: what is asked every few seconds reads no schema. */
const DEFAULT = 'data';

export interface StoreDir {
  /** Absolute. */
  readonly dir: string;
  /** Not empty where the file cannot be read, or names no folder. */
  readonly problems: readonly string[];
}

/**
 * `store.dir` as an absolute path, without what reading the whole configuration takes (a fifth of a second, several on a
 * small board). What is wrong elsewhere in the file is of no interest here.
 *
 * @param file the site's
 */
export async function readStoreDir(file: string | undefined, env: NodeJS.ProcessEnv): Promise<StoreDir> {
  const { EDGE_STORE_DIR: said } = env;
  if (said !== undefined && said !== '') return { dir: fromRoot(said), problems: [] };
  if (file === undefined) return { dir: fromRoot(DEFAULT), problems: [] };
  const { readConfigFile } = await import('./site-file.js');
  const { data, problems } = readConfigFile(file);
  const { store } = data as { store?: { dir?: unknown } | null };
  const dir = store?.dir ?? DEFAULT;
  if (typeof dir === 'string') return { dir: fromRoot(dir), problems };
  return { dir: fromRoot(DEFAULT), problems: [`${file}: store.dir: expected a folder, got ${JSON.stringify(dir)}`] };
}
