import { existsSync, readFileSync, rmSync } from 'node:fs';
import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../foundation/home.js';
import type { HealthSample } from './health.js';
import { ontoMedium, putPublicFile } from './public-file.js';

/*
 * The trial of a version, kept in one small file, PREFIX/trial, of lines `name=value` that a shell reads as well. It goes
 *
 *     trying ──(does no worse)──► confirmed
 *        └──(worse, or started too often, or by hand)──► going-back ──► rolled-back
 *
 * and each arrow is one rename of a file that is on the medium:
 *
 *  1. `trying` is written BEFORE the link `current` is switched. A power cut in between leaves the old version current: the
 *     trial then ends as `interrupted` with the next update, or with the watch that the next start of the service brings.
 *  2. The link is switched, the service restarted. Every start of it runs PREFIX/bin/update-guard first, a shell script
 *     outside the versions: it counts the starts of a version on trial in PREFIX/trial-starts, and goes back by itself at
 *     the fifth. So also a version that never starts, on a device where nothing else runs any more, is got rid of.
 *  3. Every start of the service brings edge-optimizer-trial.service, which lets the version BEFORE watch the one on trial
 *     (`update --resume`); it goes on after a power cut or kill, with what the old version did, which the trial holds.
 *  4. `going-back` is written before the links go back, `rolled-back` after: whoever comes next (guard, watch) does the rest,
 *     and each step may be done twice. What was worse is noted in PREFIX/refused, so that no channel installs it again.
 */

/** Where a trial stands; `interrupted`: the power went before the version was switched to. */
const TRIAL_STATES = ['trying', 'confirmed', 'going-back', 'rolled-back', 'interrupted'] as const;
export type TrialState = (typeof TRIAL_STATES)[number];

/** A version on trial, or what became of the last one. */
export interface UpdateTrial {
  /** Of this trial and no other. */
  readonly id: string;
  readonly state: TrialState;
  /** Names of the versions, as their folders are called. */
  readonly new: string;
  readonly old: string;
  /** Sha256 of the manifest of the new one, in hex. */
  readonly digest: string;
  /** For how long the new one is watched, ms. */
  readonly watchMs: number;
  /** The site's configuration, by which the program is found; null where none was named. */
  readonly config: string | null;
  /** Unix ms. */
  readonly startedAt: number;
  /** How the old version did; null where that could not be seen. */
  readonly before: HealthSample | null;
  /** Unix ms; null while it goes on. */
  readonly endedAt: number | null;
  /** Why it ended so, for people; null while it goes on. */
  readonly reason: string | null;
}

/** Whether its outcome is not decided, or not done, yet. */
export const isOpen = ({ state }: UpdateTrial): boolean => state === 'trying' || state === 'going-back';

/** The reason of a trial that a person ended with `edge-optimizer rollback`. */
export const BY_HAND = 'somebody went back';

const GUARD = 'bin/update-guard';
const PROGRAM = 0o755;

/** The trial of a version in a prefix, on its medium. */
export class TrialFile {
  readonly #file: string;
  readonly #starts: string;
  readonly #refused: string;

  /** @param prefix such as /opt/edge-inference-optimizer */
  constructor(readonly prefix: string) {
    this.#file = join(prefix, 'trial');
    this.#starts = join(prefix, 'trial-starts');
    this.#refused = join(prefix, 'refused');
  }

  /** The one that goes on, or the last one; null where there was none, or the file says nothing that this version knows. */
  read(): UpdateTrial | null {
    try {
      return parseTrial(readFileSync(this.#file, 'utf8'));
    } catch {
      return null;
    }
  }

  /** Records a trial before its version is switched to, and brings the guard that understands it. */
  async begin(trial: UpdateTrial): Promise<void> {
    await this.#putGuard();
    rmSync(this.#starts, { force: true });
    await putPublicFile(this.#file, trialText(trial));
  }

  /** The next step of a trial. @param endedAt Unix ms */
  async step(trial: UpdateTrial, state: TrialState, reason: string, endedAt: number): Promise<UpdateTrial> {
    const next: UpdateTrial = { ...trial, state, reason, endedAt };
    if (state === 'going-back') await this.#refuse(trial.digest);
    else if (state === 'confirmed') await this.#forgive(trial.digest);
    await putPublicFile(this.#file, trialText(next));
    return next;
  }

  /** Whether a bundle was taken back here before. @param digest of its manifest */
  isRefused(digest: string): boolean {
    return this.#refusedDigests().includes(digest);
  }

  #refusedDigests(): string[] {
    if (!existsSync(this.#refused)) return [];
    return readFileSync(this.#refused, 'utf8').split('\n').filter(Boolean);
  }

  async #refuse(digest: string): Promise<void> {
    const before = this.#refusedDigests();
    if (!before.includes(digest)) await putPublicFile(this.#refused, `${[...before, digest].join('\n')}\n`);
  }

  /** Somebody installed it by hand, and it did well. */
  async #forgive(digest: string): Promise<void> {
    if (!this.isRefused(digest)) return;
    const rest = this.#refusedDigests().filter((other) => other !== digest);
    await putPublicFile(this.#refused, rest.map((other) => `${other}\n`).join(''));
  }

  async #putGuard(): Promise<void> {
    const guard = join(this.prefix, GUARD);
    await mkdir(join(this.prefix, 'bin'), { recursive: true, mode: PROGRAM });
    const part = `${guard}.part`;
    await copyFile(join(PROJECT_ROOT, 'scripts/update/guard.sh'), part);
    await chmod(part, PROGRAM);
    await ontoMedium(part);
    await rename(part, guard);
  }
}

const LINE = /^([A-Za-z]+)=(.*)$/;

function parseTrial(text: string): UpdateTrial | null {
  const lines = text.split('\n').flatMap((line) => {
    const [, name, value] = LINE.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  const fields: Partial<Record<string, string>> = Object.fromEntries(lines);
  const { id, new: name, old, digest, reason } = fields;
  const state = TRIAL_STATES.find((one) => one === fields['state']);
  const watchMs = Number(fields['watchMs']);
  if (!id || !name || !old || !digest || state === undefined || !(watchMs > 0)) return null;
  return {
    id,
    state,
    new: name,
    old,
    digest,
    watchMs,
    config: fields['config'] || null,
    startedAt: Number(fields['startedAt'] ?? 0),
    before: fields['before'] ? (JSON.parse(fields['before']) as HealthSample | null) : null,
    endedAt: fields['endedAt'] ? Number(fields['endedAt']) : null,
    reason: reason || null,
  };
}

function trialText(trial: UpdateTrial): string {
  const { id, state, old, digest, watchMs, config, startedAt, before, endedAt, reason } = trial;
  const fields = { id, state, new: trial.new, old, digest, watchMs, config, startedAt, endedAt };
  const lines = Object.entries(fields).map(([name, value]) => `${name}=${value ?? ''}`);
  return `${[...lines, `before=${JSON.stringify(before)}`, `reason=${oneLine(reason ?? '')}`].join('\n')}\n`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
