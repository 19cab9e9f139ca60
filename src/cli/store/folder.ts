import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../config/load.js';
import { ConfigError, EdgeError, explain } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { scopeFolder } from '../../foundation/scope.js';
import { diskTrouble } from '../../store/disk-trouble.js';
import { isCorrupt } from '../../store/sqlite.js';
import { judgePlace } from '../../store/store-place.js';
import { tenantFoldersIn } from '../../store/tenant-folders.js';
import { chosenViewer } from '../chosen-viewer.js';

export interface StoreFlags {
  readonly config?: string;
  /** Whose folder is meant; absent: the device's own. */
  readonly tenant?: string;
  readonly json?: boolean;
}

/** A database of `store.dir`. */
export interface StoredDatabase {
  /** `history.db`. */
  readonly name: string;
  readonly file: string;
}

/** @throws ConfigError where there is no such folder or tenant, or databases cannot lie there */
export function storeFolder({ config: file, tenant }: StoreFlags): string {
  const { config } = loadConfig({ ...(file !== undefined && { file }), env: process.env });
  const store = fromRoot(config.store.dir);
  // somebody looks after what is left of one that is no tenant any more, too
  const kept = tenantFoldersIn(store).find((one) => one.tenant === tenant);
  const folder = kept?.folder ?? scopeFolder(chosenViewer(config, tenant), store);
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

/**
 * Says for whom there are folders of their own in this one, which a command has left alone.
 *
 * @param command as it is typed, after `edge-optimizer store`
 */
export function tellOfTenants(folder: string, command: string, { config }: StoreFlags): void {
  const file = config === undefined ? '' : ` --config ${config}`;
  for (const { tenant } of tenantFoldersIn(folder)) {
    process.stderr.write(
      `without what is kept for ${tenant}: edge-optimizer store ${command} --tenant ${tenant}${file}\n`,
    );
  }
}

const unusable = (problem: string): ConfigError => new ConfigError('there is no store', [`store.dir: ${problem}`]);

/** Why a database cannot be used, for people. */
export function problemOf(file: string, error: unknown): string {
  // SQLite itself is missing
  if (error instanceof EdgeError) return error.message;
  return isCorrupt(error) ? `damaged: ${explain(error)}` : `cannot be read: ${diskTrouble(file, error)}`;
}
