import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { PROJECT_ROOT } from '../../src/foundation/home.js';

/** One finding of `diagnose --json`. */
export interface Told {
  readonly ground: string;
  readonly check: string;
  readonly code: string;
  readonly condition: 'fine' | 'unknown' | 'degraded' | 'broken';
  readonly what: string;
  readonly remedy?: string;
}

export interface Diagnosed {
  /** ms of the whole program, its start included. */
  readonly ms: number;
  readonly exitCode: number;
  /** What is not as it should be. */
  readonly faults: readonly Told[];
}

const PROGRAM = join(PROJECT_ROOT, 'scripts/edge-optimizer.mjs');

/** Runs the program as a technician would. @throws Error where it prints no report */
export async function diagnosed(
  config: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Diagnosed> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await output(['diagnose', '--json', '--config', config, ...args], env);
  const ms = performance.now() - began;
  let report: { findings: readonly Told[] };
  try {
    report = JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`diagnose ended with ${exitCode} and no report: ${stderr.slice(-500)}`, { cause });
  }
  const faults = report.findings.filter(({ condition }) => condition === 'degraded' || condition === 'broken');
  return { ms, exitCode, faults };
}

function output(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...args],
      { env: { ...process.env, ...env }, timeout: 60_000, maxBuffer: 16 * 2 ** 20 },
      (_error, stdout, stderr) => resolve({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
