import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../src/foundation/home.js';
import { endWithTests } from '../temporary.js';

/** What scripts/check-*.sh answers with --json. */
interface Answer {
  readonly code: number;
  readonly ok: boolean | null;
  /** Why it could not be done here. */
  readonly skipped?: string;
  readonly steps: readonly { readonly name: string; readonly result: string; readonly detail: string | null }[];
}

/** Runs a check to its end. */
export async function answerOf(script: string, args: readonly string[] = [], env = {}): Promise<Answer> {
  const command = [join(PROJECT_ROOT, 'scripts', script), '--json', ...args];
  const child = endWithTests(
    spawn('bash', command, {
      cwd: PROJECT_ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  let text = '';
  child.stdout.on('data', (piece) => (text += piece));
  const [code] = await once(child, 'close');
  return { steps: [], ...JSON.parse(text), code };
}

const isThere = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const succeeds = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { cwd: PROJECT_ROOT, stdio: 'ignore', timeout: 20_000 }).status === 0;

/** From a clone, with packages of the registry. */
const canMakeBundles = (): boolean =>
  succeeds('git', 'rev-parse', 'HEAD') && succeeds('npm', 'view', 'uvu', 'version', '--fetch-retries=0');

/** Whether this machine can do what the checks need. */
export const checkScript = {
  canEmulateArm64: () =>
    canMakeBundles() &&
    (process.arch === 'arm64' ||
      (isThere('qemu-aarch64-static') && existsSync('/usr/aarch64-linux-gnu/lib/libstdc++.so.6'))),
  canMakeRoots: () =>
    process.getuid?.() === 0 &&
    canMakeBundles() &&
    ['mmdebstrap', 'debootstrap'].some(isThere) &&
    ['mosquitto', 'mosquitto_sub', 'ip', 'setpriv'].every(isThere) &&
    spawnSync('unshare', ['--mount', '--net', '--pid', '--fork', 'true']).status === 0,
} as const;
