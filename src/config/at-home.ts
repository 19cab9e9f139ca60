import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT_ROOT } from '../foundation/home.js';
import { type Scope, scopeFolder } from '../foundation/scope.js';
import type { Config } from './config.js';

/**
 * The configuration with the folders of models, data, diary and evidence as absolute paths: relative ones begin at `home`. Where the
 * models' folder is not there, the one of this program's own models takes its place. What is stored is the scope's own.
 */
export function atHome(config: Config, home: string, scope: Scope): Config {
  const { model, store, diary, evidence } = config;
  return {
    ...config,
    model: { ...model, dir: modelsDir(home, model.dir) },
    store: { ...store, dir: scopeFolder(scope, resolve(home, store.dir)) },
    diary: { ...diary, ...(diary.path !== undefined && { path: resolve(home, diary.path) }) },
    evidence: { ...evidence, ...(evidence.path !== undefined && { path: resolve(home, evidence.path) }) },
  };
}

function modelsDir(home: string, dir: string): string {
  const own = resolve(home, dir);
  const shipped = join(PROJECT_ROOT, 'models');
  return dir === 'models' && !existsSync(own) ? shipped : own;
}
