import { setTimeout as sleep } from 'node:timers/promises';
import { recogniseBoard } from '../board/board.js';
import { textIn } from '../board/kernel-files.js';
import { Machine } from '../board/machine/machine.js';
import { reportOf } from '../board/machine/report.js';
import { systemClock } from '../foundation/clock.js';
import { explain } from '../foundation/errors.js';
import { clipped } from './live-lines.js';
import { print, printJson } from './print.js';
import { isGone } from './reader-gone.js';
import { recordMachine } from './record-machine.js';
import { openRecording } from './recording.js';
import { sensorLines } from './sensors-table.js';
import { StopSignals } from './stop-signals.js';

export interface SensorsFlags {
  readonly watch?: boolean;
  readonly json?: boolean;
  readonly record?: string;
  readonly root?: string;
  readonly force?: boolean;
}

const EVERY_MS = 1000;
/** ms that the first answers of programs are waited for. */
const ANSWERS_MS = 4000;

/**
 * `edge-optimizer sensors`: prints what this machine, or a recorded one, tells.
 *
 * @throws ConfigError where what is named cannot be read, or is there already
 */
export async function sensors(flags: SensorsFlags): Promise<number> {
  const recording = flags.root === undefined ? null : await openRecording(flags.root);
  try {
    const root = recording?.root ?? '/';
    if (flags.record !== undefined) return await recordMachine(root, flags.record, flags);
    return await showSensors(root, flags, recording?.isArchive ?? false);
  } finally {
    recording?.close();
  }
}

async function showSensors(root: string, flags: SensorsFlags, isArchive: boolean): Promise<number> {
  const machine = new Machine({
    root,
    clock: systemClock,
    intervalMs: EVERY_MS,
    places: {},
    onFailure: (reader, error) => process.stderr.write(`${reader} cannot be read: ${explain(error)}\n`),
    onClockJump: () => undefined,
  });
  try {
    await machine.read();
    // shares and powers take two readings; an archive stands still
    if (!isArchive) {
      await sleep(EVERY_MS);
      await machine.read();
    }
    for (let waited = 0; machine.isAsking && waited < ANSWERS_MS; waited += EVERY_MS) {
      await sleep(EVERY_MS);
      await machine.read();
    }
    return flags.watch ? await watch(machine, root, flags) : show(machine, root, flags, false);
  } finally {
    machine.close();
  }
}

async function watch(machine: Machine, root: string, flags: SensorsFlags): Promise<number> {
  const stop = new AbortController();
  void new StopSignals().received.then(() => stop.abort());
  // whoever stops reading (`… | head`) has seen enough
  process.stdout.once('error', (error) => {
    if (isGone(error)) stop.abort();
  });
  while (!stop.signal.aborted) {
    show(machine, root, flags, process.stdout.isTTY === true);
    await sleep(EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    await machine.read();
  }
  return 0;
}

/** @param inPlace whether it stands where the one before stood, no longer than the terminal is high and wide */
function show(machine: Machine, root: string, { json, watch }: SensorsFlags, inPlace: boolean): number {
  const report = reportOf(machine, root);
  const board = { board: recogniseBoard(root), model: modelOf(root) };
  if (json) {
    printJson({ at: Date.now(), ...board, ...report });
    return 0;
  }
  const lines = sensorLines(report, board.model ?? board.board ?? 'not known');
  if (inPlace) {
    const { rows, columns } = process.stdout;
    const shown = fitting(lines, (rows || 24) - 1, columns || 80);
    process.stdout.write(`\u001b[H\u001b[J${shown.join('\n')}\n`);
    return 0;
  }
  for (const line of lines) print(line);
  if (watch) print('');
  return 0;
}

/** As much as a terminal has room for. */
function fitting(lines: readonly string[], rows: number, columns: number): string[] {
  const shown = lines.length <= rows ? lines : [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`];
  return shown.map((line) => clipped(line, columns));
}

/** What the board calls itself; null where nothing tells. */
function modelOf(root: string): string | null {
  const name = ['proc/device-tree/model', 'sys/class/dmi/id/product_name']
    .map((file) => textIn(`${root}/${file}`).replaceAll('\0', '').trim())
    .find((text) => text !== '');
  return name ?? null;
}
