import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../config/config.js';
import { loadConfig } from '../../config/load.js';
import { ConfigError } from '../../foundation/errors.js';
import { fromRoot } from '../../foundation/home.js';
import { scopeFolder } from '../../foundation/scope.js';
import { chosenViewer } from '../chosen-viewer.js';

/** Which history a command shows. */
export interface HistoryPlace {
  /** The site's file: where `store.dir` is. */
  readonly config?: string;
  /** A history.db from elsewhere. */
  readonly file?: string;
}

/** The same, or that of a tenant. */
export interface TenantHistoryPlace extends HistoryPlace {
  /** Id: what was kept for this tenant. */
  readonly tenant?: string;
}

/**
 * The `history.db` that is named, or else the one of the configured store, or of the tenant in it.
 *
 * @throws ConfigError where it is not there, or there is no such tenant; as `loadConfig`
 */
export function historyFile({ config: configFile, file: given, tenant }: TenantHistoryPlace): {
  file: string;
  config: Config;
} {
  const { config } = loadConfig({ ...(configFile !== undefined && { file: configFile }), env: process.env });
  const folder = scopeFolder(chosenViewer(config, tenant), fromRoot(config.store.dir));
  const file = given ?? join(folder, 'history.db');
  if (existsSync(file)) return { file, config };
  throw new ConfigError('no history to show', [
    given === undefined
      ? `there is no ${file}: edge-optimizer run makes it; where store.dir is another folder say so with --config FILE, or EDGE_STORE_DIR=FOLDER`
      : `--file: there is no ${file}`,
  ]);
}
