/*
 * What might say whose machine it is, or where in a network, goes no further. Places are chosen so that there is nothing of it;
 * this is for what turns up in a file in spite of that.
 */

const MAC_ADDRESS = /\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b/gi;
/** Of containers, pods, file systems: with and without hyphens. */
const UUID = /\b[0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}\b/gi;
const LONG_ID = /[0-9a-f]{24,}/gi;
/** Of /proc/cpuinfo on ARM, and whatever calls itself so. */
const SERIAL_LINE = /^(\s*serial(?: number)?\s*[:=]\s*).*$/gim;

/** Lines of a Raspberry Pi's settings that say something of its heat, clocks and power; all others are left out. */
const SETTING = /^\s*(temp_|arm_freq|arm_boost|gpu_freq|over_voltage|force_turbo|avoid_warnings|initial_turbo|\[)/;

export interface MaskedText {
  readonly text: string;
  /** Places that were masked. */
  readonly masked: number;
}

/** A text, or a path, without what names a machine, a card or a container. The same id becomes the same text everywhere. */
export function maskIds(text: string): MaskedText {
  let masked = 0;
  const by = (replacement: string) => () => {
    masked++;
    return replacement;
  };
  const without = text
    .replace(SERIAL_LINE, (_, start: string) => {
      masked++;
      return `${start}0`;
    })
    .replace(UUID, by('masked-id'))
    .replace(MAC_ADDRESS, by('00:00:00:00:00:00'))
    // flags and numbers are not hexadecimal for so long
    .replace(LONG_ID, by('masked-id'));
  return { text: without, masked };
}

/** `config.txt` without what is none of a recording's business. */
export function settingsOnly(text: string): string {
  return text
    .split('\n')
    .filter((line) => SETTING.test(line))
    .map((line) => `${line}\n`)
    .join('');
}
