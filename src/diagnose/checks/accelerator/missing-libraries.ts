import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { librariesFolder } from '../../../detect/worker/accelerator-refusal.js';
import { firstPool } from '../../../runtime/detector/worker-pools.js';
import type { Patient } from '../../check.js';
import type { Finding } from '../../finding.js';

/** ms that the loader may take: it only reads. */
const LDD_MS = 2000;
/** ONNX Runtime's libraries of a provider, beside its own. */
const FILES = ['libonnxruntime_providers_shared.so'];

/**
 * Where a provider lacks libraries, which: all of them at once, as the loader lists them, and of those that are there in
 * another version that one. Every other finding stays as it is.
 */
export async function missingLibraries(finding: Finding, patient: Patient, signal: AbortSignal): Promise<Finding> {
  if (finding.code !== 'provider-libraries' && finding.code !== 'provider-library-missing') return finding;
  const { binding, env } = firstPool(patient.config).detector;
  const folder = librariesFolder(binding ?? null);
  if (folder === null) return finding;
  const [provider] = String(finding.values['provider']).split(', ');
  const { used, provider: providers, reason } = finding.values;
  const files = [...FILES, `libonnxruntime_providers_${provider}.so`];
  const absent = files.filter((name) => !existsSync(join(folder, name)));
  if (absent.length > 0) {
    const values = { provider: providers!, used: used!, reason: reason!, library: absent.join(', '), folder };
    return { ...finding, code: 'provider-part-missing', values };
  }
  const lists = await Promise.all(files.map((name) => ldd(join(folder, name), env, signal)));
  const missing = [...new Set(lists.flatMap(notFound))];
  if (missing.length === 0) return finding;
  const values = { provider: providers!, used: used!, reason: reason!, library: missing.join(', ') };
  const others = await otherVersions(missing, signal);
  if (others.length === 0) return { ...finding, code: 'provider-library-missing', values };
  return { ...finding, code: 'provider-library-version', values: { ...values, installed: others.join(', ') } };
}

/** Names that the loader does not find, of the lines `libcudart.so.13 => not found`. */
export function notFound(text: string): string[] {
  return [...text.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name]) => name!);
}

/** Of libraries that are missing, what the loader knows of the same name with another number: `libcudart.so.12`. */
async function otherVersions(missing: readonly string[], signal: AbortSignal): Promise<string[]> {
  return otherNumbers(missing, await output('ldconfig', ['-p'], {}, signal));
}

/** @param known what `ldconfig -p` prints; pure */
export function otherNumbers(missing: readonly string[], known: string): string[] {
  const names = [...known.matchAll(/^\s*(lib\S+\.so\.\d\S*) \(/gm)].map(([, name]) => name!);
  const stems = missing.map((name) => name.replace(/\.so\..*$/, '.so.'));
  return [...new Set(names.filter((name) => stems.some((stem) => name.startsWith(stem))))];
}

const ldd = (file: string, env: Readonly<Record<string, string>>, signal: AbortSignal) =>
  output('ldd', [file], env, signal);

/** What a program prints; empty where it is not there, or takes too long. */
function output(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const options = { env: { ...process.env, ...env, LC_ALL: 'C' }, timeout: LDD_MS, signal, maxBuffer: 2 ** 22 };
  return new Promise((resolve) => {
    execFile(program, args, options, (_error, stdout) => resolve(stdout));
  });
}
