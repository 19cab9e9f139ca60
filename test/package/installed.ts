import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

export const NAME = 'edge-inference-optimizer';
/** Whoever imports the part for a framework has the framework. */
const FRAMEWORKS = ['fastify', 'express', 'hono', '@types/express'];

interface Locked {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
}

/**
 * Makes a project of somebody who installed the package, and the types of Node: nothing is there that only our developers have. The
 * build that is there is taken as it is; packages are links to ours.
 */
export function installPackage(project: string): void {
  const { packages } = readJson<{ packages: Record<string, Locked> }>('package-lock.json');
  const { peerDependencies } = readJson<{ peerDependencies: Record<string, string> }>('package.json');
  for (const path of Object.keys(packages).filter((path) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path))) {
    const name = path.slice('node_modules/'.length);
    const { dev, devOptional } = packages[path]!;
    const isOurs = dev || devOptional || peerDependencies[name] !== undefined;
    const isWanted = !isOurs || name === '@types/node' || FRAMEWORKS.includes(name);
    if (isWanted && existsSync(join(PROJECT_ROOT, path))) link(path, project);
  }
  const installed = join('node_modules', NAME);
  cpSync(join(PROJECT_ROOT, 'dist/src'), join(project, installed, 'dist/src'), { recursive: true });
  cpSync(join(PROJECT_ROOT, 'package.json'), join(project, installed, 'package.json'));
  symlinkSync(join(PROJECT_ROOT, 'models'), join(project, installed, 'models'));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
}

function link(path: string, project: string): void {
  mkdirSync(dirname(join(project, path)), { recursive: true });
  symlinkSync(join(PROJECT_ROOT, path), join(project, path));
}

const readJson = <T>(file: string): T => JSON.parse(readFileSync(join(PROJECT_ROOT, file), 'utf8')) as T;
