import { join } from 'node:path';
import { namesIn, textIn } from '../../kernel-files.js';

/** A chip that measures something, as the kernel shows all of them in one folder. */
export interface HwmonChip {
  /** Of its driver: `coretemp`, `ina3221`; several chips may have the same. */
  readonly name: string;
  /** Its folder; which number that has changes from one start of the machine to the next. */
  readonly at: string;
  /** Names in the folder. */
  readonly files: readonly string[];
}

export function hwmonChips(root: string): HwmonChip[] {
  const folder = join(root, 'sys/class/hwmon');
  return namesIn(folder)
    .filter((name) => /^hwmon\d+$/.test(name))
    .sort(byNumber)
    .map((monitor) => {
      const at = join(folder, monitor);
      return { name: textIn(join(at, 'name')).trim() || monitor, at, files: namesIn(at) };
    });
}

const firstNumber = (name: string): number => Number(/\d+/.exec(name)?.[0] ?? 0);

/** Orders names by the first number in them: `in2_label` before `in10_label`. */
export const byNumber = (a: string, b: string): number => firstNumber(a) - firstNumber(b);
