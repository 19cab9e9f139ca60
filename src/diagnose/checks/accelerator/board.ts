import { join } from 'node:path';
import { listBoards, recogniseBoard } from '../../../board/board.js';
import { cpuinfoValue, textIn } from '../../../board/kernel-files.js';
import { PROJECT_ROOT } from '../../../foundation/home.js';
import type { Check, Patient } from '../../check.js';
import { type Finding, found } from '../../finding.js';

const FOLDER = join(PROJECT_ROOT, 'device-config');

/** Which board a machine is, and what of it is used. */
export interface BoardState {
  /** The key `board`: `auto`, `none` or a name. */
  readonly wanted: string;
  /** null: none that is known. */
  readonly recognised: string | null;
  /** What the machine calls itself; empty where it does not say. */
  readonly calledBy: string;
  /** Boards that have a file. */
  readonly files: readonly string[];
}

/** Which board this machine is recognised as, and whether the settings for it are used. @param folder of the boards' files */
export const boardCheck = (folder = FOLDER): Check => ({
  ground: 'accelerator',
  name: 'board',
  deadlineMs: 1000,
  run: async (patient) => [boardFinding(patient, folder)],
});

/** What there is to be said of the board that is looked at. @param folder of the boards' files */
export function boardFinding({ config, root }: Pick<Patient, 'config' | 'root'>, folder = FOLDER): Finding {
  const recognised = recogniseBoard(root);
  return judgeBoard({ wanted: config.board, recognised, calledBy: nameOf(root), files: listBoards(folder) });
}

/** What there is to be said of the board; pure. */
function judgeBoard({ wanted, recognised, calledBy, files }: BoardState): Finding {
  const by = calledBy || '?';
  if (wanted === 'none') return found('fine', 'board-unused', { board: recognised ?? by });
  if (wanted !== 'auto') {
    const values = { board: wanted, recognised: recognised ?? '?', by };
    const isOther = recognised !== null && familyOf(recognised) !== familyOf(wanted);
    return isOther ? found('degraded', 'board-other', values) : found('fine', 'board-named', values);
  }
  if (recognised === null) return found('fine', 'board-unrecognised', { by });
  const values = { board: recognised, by };
  return files.includes(recognised)
    ? found('fine', 'board-fine', values)
    : found('degraded', 'board-file-missing', values);
}

/** A PC with a card whose driver is not loaded is still that PC: what is wrong with the card is told of it. */
const familyOf = (board: string): string => board.replace(/^x86-.*/, 'x86');

/** The board's own name, or the processor's. */
function nameOf(root: string): string {
  const model = textIn(join(root, 'proc/device-tree/model')).replace(/\0+$/, '');
  const cpuinfo = textIn(join(root, 'proc/cpuinfo'));
  return model || cpuinfoValue(cpuinfo, 'Model') || cpuinfoValue(cpuinfo, 'model name') || '';
}
