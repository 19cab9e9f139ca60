import type { Config } from '../config/config.js';
import type { Rgb } from '../media/picture-light.js';
import type { Finding, Ground } from './finding.js';
import type { RunningProgram } from './running-program.js';

/** What is diagnosed. */
export interface Patient {
  /** With absolute paths; the defaults where there is no file, or none that can be used. */
  readonly config: Config;
  /** The site's file; null where none was named or found. */
  readonly configFile: string | null;
  /** Why `config` is not what the file says, a line a problem; empty where it is. */
  readonly configProblems: readonly string[];
  /** Where the file system is that is looked at: `/`, or a recorded tree of another machine. */
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** The program that runs with the same store; null where none does. */
  readonly running: RunningProgram | null;
  /** Whether cameras may be opened although the running program holds them. */
  readonly openHeldCameras: boolean;
  /** Where a small picture of each camera that is opened is put by its id, black where it is masked; unset: nobody wants any. */
  readonly thumbnails?: Map<string, Rgb>;
}

/** One thing that can be looked at by itself. It changes nothing that lasts. */
export interface Check {
  readonly ground: Ground;
  /** `clock`; unique in its ground. */
  readonly name: string;
  /** ms after which it is given up; all checks run side by side. */
  readonly deadlineMs: number;
  /**
   * What is so, the good news too: one finding `fine` where nothing is wrong. None where it does not concern this machine.
   * What it cannot look at is a finding `unknown`, or an error, which is shown.
   *
   * @param signal aborted at the deadline: everything opened is closed then
   */
  run(patient: Patient, signal: AbortSignal): Promise<readonly Finding[]>;
}
