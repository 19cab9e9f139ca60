import { resolve } from 'node:path';
import type { Config } from '../../config/config.js';
import type { Alert, AlertDeclaration } from '../../foundation/alert-declaration.js';
import { EdgeError } from '../../foundation/errors.js';
import type { Log } from '../../foundation/log.js';
import { type MetricRow, single } from '../../foundation/metric-row.js';
import type { Part } from '../../foundation/part.js';
import type { TenantId } from '../../foundation/scope.js';
import type { FrameResult } from '../../frame/frame-result.js';
import { RotatingFile } from '../../store/rotating-file.js';
import { resultLine } from './result-line.js';

const RESULTS_FAILED: AlertDeclaration = {
  code: 'results-failed',
  severities: ['warning'],
  help: 'Lines of the results file are lost, because the disk is full, too slow or gone.',
  action: 'Make room on the disk, or lower output.resultsMaxMiB.',
};

export interface DeviceResultsParts {
  readonly alerts: { raise(code: string, alert: Alert): void; clear(code: string): void };
  /** Whose a camera is. */
  readonly ownerOf: (camera: string) => TenantId;
  readonly log: Log;
}

/** The results file, where one is wanted: what is handed to `write` goes there, within a budget of bytes. */
export class DeviceResults implements Part {
  readonly name = 'results';
  readonly essential = true;
  readonly metrics: readonly MetricRow[];
  readonly alerts = [RESULTS_FAILED];
  readonly settings = [
    { path: 'output.resultsFile', requiresRestart: true },
    { path: 'output.resultsMaxMiB', requiresRestart: true },
  ];
  readonly #path: string;
  readonly #file: RotatingFile | null;
  readonly #parts: DeviceResultsParts;

  constructor({ output }: Pick<Config, 'output'>, parts: DeviceResultsParts) {
    this.#parts = parts;
    this.#path = resolve(output.resultsFile ?? '');
    this.#file =
      output.resultsFile === undefined
        ? null
        : new RotatingFile({
            file: this.#path,
            maxBytes: output.resultsMaxMiB * 2 ** 20,
            failed: (reason) => this.#failed(reason),
            recovered: () => this.#recovered(),
          });
    this.metrics = resultsMetrics(this.#file);
  }

  /** @throws EdgeError E_OUTPUT where the file cannot be opened */
  async start(): Promise<void> {
    try {
      await this.#file?.open();
    } catch (cause) {
      const message = `cannot write results to ${this.#path}: name a file in a folder that exists and is writable`;
      throw new EdgeError('E_OUTPUT', message, { cause });
    }
  }

  async stop(): Promise<void> {
    await this.#file?.close();
  }

  /** Never throws and never waits. */
  write(result: FrameResult): void {
    this.#file?.append(resultLine(result, this.#parts.ownerOf(result.camera)));
  }

  /** Results that the disk refused. */
  get lost(): number {
    return this.#file?.lostLines ?? 0;
  }

  #failed(reason: string): void {
    const file = this.#path;
    this.#parts.log.warn({ file, reason }, 'results are lost: detecting goes on, and writing is tried again');
    this.#parts.alerts.raise(RESULTS_FAILED.code, {
      severity: 'warning',
      message: `results cannot be written to ${file} (${reason}), those until then are lost: make room on the disk, or lower output.resultsMaxMiB`,
    });
  }

  #recovered(): void {
    this.#parts.log.info({ file: this.#path, lost: this.lost }, 'results are written again');
    this.#parts.alerts.clear(RESULTS_FAILED.code);
  }
}

function resultsMetrics(file: RotatingFile | null): readonly MetricRow[] {
  return [
    {
      type: 'gauge',
      name: 'results_failed',
      unit: '',
      labels: [],
      step: 1,
      help: '1 while the disk refuses lines of the results file, else 0.',
      read: () => single(file === null ? null : Number(file.failure !== null)),
    },
    {
      type: 'counter',
      name: 'results_lost',
      unit: 'frames',
      labels: [],
      step: 1,
      help: 'Answered frames whose line never reached the results file.',
      read: () => single(file?.lostLines ?? null),
    },
  ];
}
