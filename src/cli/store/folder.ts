import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.js';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { scopeFolder } from '../../foundation/scope.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { isCorrupt } from '../../store/sqlite.js';
import { judgePlace } from '../../store/store-place.js';
import { chosenViewer } from '../chosen-viewer.js';

export interface StoreFlags {
  readonly config?: string;
  readonly json?: boolean;
}

/** A database of `store.dir`. */
export interface StoredDatabase {
  /** `history.db`. */
  readonly name: string;
  readonly file: string;
}

/**
 * @param tenant whose folder in it is meant; default the device's own
 * @throws ConfigError where there is no such folder or tenant, or databases cannot lie there
 */
export function storeFolder({ config: file }: StoreFlags, tenant?: string): string {
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const folder = scopeFolder(chosenViewer(config, tenant), fromRoot(config.store.dir));
  const { refusal } = judgePlace(folder);
  if (refusal !== null) throw unusable(`expected a folder on a local disk: ${refusal}`);
  if (existsSync(folder)) return folder;
  throw unusable(
    `expected a folder, got ${folder}, which is not there: the program makes it when it runs; --config FILE names a site's configuration`,
  );
}

/** In the order of their names. */
export function databasesIn(folder: string): StoredDatabase[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.db'));
    return names.sort().map((name) => ({ name, file: join(folder, name) }));
  } catch (error) {
    throw unusable(`expected a folder that can be read, got ${folder}: ${explain(error)}`);
  }
}

/** Folders of a store that are what is kept for a tenant each, in the order of their names; none where there are no tenants. */
export function tenantFoldersIn(folder: string): readonly string[] {
  const tenants = join(folder, 'tenants');
  if (!existsSync(tenants)) return [];
  return readdirSync(tenants, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(tenants, name))
    .sort();
}

const unusable = (problem: string): ConfigError => new ConfigError('there is no store', [`store.dir: ${problem}`]);

/** Why a database cannot be used, for people. */
export function problemOf(file: string, error: unknown): string {
  // SQLite itself is missing
  if (error instanceof EdgeError) return error.message;
  return isCorrupt(error) ? `damaged: ${explain(error)}` : `cannot be read: ${diskTrouble(file, error)}`;
}
