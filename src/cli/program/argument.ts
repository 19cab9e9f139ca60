import { InvalidArgumentError } from 'commander';

/** Seconds that a timer can hold: 24 days. */
export const MAX_TIMER_S = 2_147_483;

/** A parser for an option's number. @param min, max the smallest and largest one accepted */
export function numberArgument(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = Number(text);
    const fits = text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!fits)
      throw new InvalidArgumentError(`Expected ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}.`);
    return value;
  };
}

/** The parser of a repeatable option: its values in the order given. */
export const each = (text: string, earlier: string[] = []): string[] => [...earlier, text];
