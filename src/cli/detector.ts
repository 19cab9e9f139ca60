import { loadConfig } from '../config/load.js';
import type { LoadRequest } from '../detect/detector.js';
import { type CheckResult, runConformance } from '../detect/host/conformance.js';
import { fromRoot } from '../foundation/home.js';
import { hostOf } from '../models/default-variant.js';
import { buildLoadRequest } from '../models/load-request.js';
import { ModelRegistry } from '../models/registry.js';
import { findWanted } from '../models/wanted-model.js';

export interface CheckDetectorOptions {
  /** What the worker is asked to load. */
  readonly request: LoadRequest;
  /** One JSON object at the end instead of a line per check. */
  readonly json?: boolean;
  /** Milliseconds allowed per answer. */
  readonly answerMs?: number;
  readonly write?: (text: string) => void;
}

/**
 * `edge-optimizer detector check -- COMMAND`: runs a worker through the protocol's rules and prints each.
 * @param command program and arguments; empty checks the built-in worker
 * @returns the exit code: 0 where every check passed, else 1
 */
export async function checkDetector(command: readonly string[], options: CheckDetectorOptions): Promise<number> {
  const write = options.write ?? ((text: string) => void process.stdout.write(text));
  const worker = command.length === 0 ? {} : { command };
  const { request, answerMs } = options;
  const results = await runConformance(worker, { request, ...(answerMs && { answerMs }) }, (result) => {
    if (!options.json) write(lineOf(result));
  });
  const failed = results.filter((result) => !result.ok).length;
  if (options.json)
    write(`${JSON.stringify({ type: 'detector-check', command, ok: failed === 0, checks: results })}\n`);
  else write(`${results.length - failed} of ${results.length} checks passed\n`);
  return failed === 0 ? 0 : 1;
}

function lineOf({ name, ok, reason }: CheckResult): string {
  return ok ? `ok      ${name}\n` : `FAILED  ${name}\n        ${reason}\n`;
}

/** What a worker is asked to load: the model of the configuration, or the one named. */
export async function requestToCheck(options: {
  readonly config?: string;
  readonly model?: string;
  readonly variant?: string;
  /** A second batch size to load and check. */
  readonly batch?: number;
}): Promise<LoadRequest> {
  const flags = { 'model.name': options.model, 'model.variant': options.variant };
  const { config } = loadConfig({
    ...(options.config !== undefined && { file: options.config }),
    env: process.env,
    flags,
    flagNames: { 'model.name': '--model', 'model.variant': '--variant' },
  });
  const registry = await ModelRegistry.open(fromRoot(config.model.dir));
  const entry = await findWanted(registry, config.model, hostOf(config.detector.providers[0]!.name));
  const request = buildLoadRequest(entry, config.model, config.detector);
  return options.batch === undefined ? request : { ...request, batchSizes: [...request.batchSizes, options.batch] };
}
