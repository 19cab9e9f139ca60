import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ModelError } from '../../foundation/errors.js';
import { silentLog } from '../../foundation/log.js';
import type { ProbeAnswer, ProbeOutput, ProbeRun, ProbeStart } from '../probe-messages.js';
import { LastWords } from './last-words.js';

export interface ModelProbeOptions {
  /** Milliseconds for opening the model, and for each run. */
  readonly deadlineMs: number;
  /** The program of the child; default: the built-in probe. */
  readonly program?: string;
}

const PROBE = fileURLToPath(new URL('../worker/probe.js', import.meta.url));

/** Runs a model that nobody knows yet in a process of its own and gives back its raw outputs. One run at a time. */
export class ModelProbe {
  readonly #child: ChildProcess;
  readonly #deadlineMs: number;
  readonly #words = new LastWords(silentLog);
  #ended: string | null = null;

  private constructor({ deadlineMs, program = PROBE }: ModelProbeOptions) {
    this.#deadlineMs = deadlineMs;
    this.#child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    this.#words.listen(this.#child.stdout!);
    this.#words.listen(this.#child.stderr!);
    this.#child.on('exit', (code, signal) => {
      this.#ended = signal === null ? `ended with exit code ${code}` : `was killed by ${signal}`;
    });
    this.#child.on('error', (error) => {
      this.#ended ??= `could not be started (${error.message})`;
    });
  }

  /** @throws ModelError where ONNX Runtime refuses the file, or died or hung of it */
  static async open(start: ProbeStart, options: ModelProbeOptions): Promise<ModelProbe> {
    const probe = new ModelProbe(options);
    try {
      await probe.#ask(start, 'opening the model');
      return probe;
    } catch (error) {
      probe.close();
      throw error;
    }
  }

  /** @throws ModelError where the graph cannot be computed on this input, or ONNX Runtime died or hung of it */
  run(run: ProbeRun): Promise<readonly ProbeOutput[]> {
    return this.#ask(run, 'running the model');
  }

  /** Ends the process, whatever it is doing. */
  close(): void {
    if (this.#ended === null) this.#child.kill('SIGKILL');
  }

  async #ask(message: ProbeStart | ProbeRun, what: string): Promise<readonly ProbeOutput[]> {
    const reply = await this.#reply(message, what);
    if ('refused' in reply) throw new ModelError(`ONNX Runtime refuses the model: ${reply.refused}`);
    return reply.outputs;
  }

  #reply(message: ProbeStart | ProbeRun, what: string): Promise<ProbeAnswer> {
    const child = this.#child;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(deadline);
        child.removeListener('message', answered);
        child.removeListener('close', gone);
        child.removeListener('error', gone);
        act();
      };
      const answered = (reply: unknown) => settle(() => resolve(reply as ProbeAnswer));
      const gone = () => settle(() => reject(this.#died(what)));
      const deadline = setTimeout(() => {
        settle(() =>
          reject(
            new ModelError(
              `${what} took longer than ${this.#deadlineMs / 1000} s: it hangs, or is too large for this machine`,
            ),
          ),
        );
        this.close();
      }, this.#deadlineMs);
      child.on('message', answered);
      child.on('close', gone);
      child.on('error', gone);
      if (this.#ended !== null || !child.connected) gone();
      else child.send(message, (error) => error && gone());
    });
  }

  #died(what: string): ModelError {
    const words = this.#words.toString();
    const how = this.#ended ?? 'closed its channel';
    return new ModelError(
      `ONNX Runtime broke down while ${what}: its process ${how}${words === '' ? '' : `; its last words: ${words}`}`,
    );
  }
}
