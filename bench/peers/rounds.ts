import { explain } from '../../src/foundation/errors.js';
import { agreement } from './agreement.js';
import type { Contender, Task } from './contender.js';
import { type Measured, measure } from './measure.js';
import type { Beside } from './neighbour.js';
import { naive } from './node-scripts.js';

/** A contender at both paces. */
export interface Round {
  readonly fast: Measured;
  readonly paced: Measured;
  readonly agreement: number | null;
}

/** By what ran beside them, in the order asked for. */
export type Rounds = ReadonlyMap<Beside, ReadonlyMap<Contender, readonly Round[]>>;

/**
 * Rounds of all contenders in turn, so that a slow minute of the machine meets each of them.
 *
 * @param notes gets a line for each failure
 */
export async function compete(
  contenders: readonly Contender[],
  task: Task,
  times: number,
  besides: readonly Beside[],
  notes: string[],
): Promise<Rounds> {
  const rounds = new Map(
    besides.map((beside) => [beside, new Map<Contender, Round[]>(contenders.map((c) => [c, []]))]),
  );
  for (let i = 0; i < times; i++) {
    for (const beside of besides) {
      let reference: Measured | null = null;
      for (const contender of contenders) {
        process.stderr.write(`round ${i + 1} of ${times}, beside ${beside}: ${contender.name}\n`);
        try {
          const fast = await measure(contender, task, 'fast', beside);
          const paced = await measure(contender, task, 'realtime', beside);
          if (contender === naive) reference = fast;
          const agreed = reference && agreement(reference.lines, fast.lines);
          rounds.get(beside)!.get(contender)!.push({ fast, paced, agreement: agreed });
        } catch (error) {
          notes.push(`${contender.name} failed in round ${i + 1}, beside ${beside}: ${explain(error)}`);
        }
      }
    }
  }
  return rounds;
}
