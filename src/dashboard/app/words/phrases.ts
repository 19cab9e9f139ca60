/** A text of the program, and what it is in another language; values are numbered there. */
export type Phrase = readonly [original: string, translated: string];

interface Compiled {
  readonly pattern: RegExp;
  readonly translated: string;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

/**
 * Translates what the program says in sentences that are made of others: what stands at the place of a value is translated too, and
 * what nobody has written a phrase for stays as it is.
 *
 * @param writeNumber a number with so many digits after the point, as the other language writes it
 */
export function translator(
  phrases: readonly Phrase[],
  writeNumber: (value: number, digits: number) => string,
): (text: string) => string {
  const compiled = phrases.map(([original, translated]): Compiled => {
    const parts = original.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return { pattern: new RegExp(`^${parts.join('(.+?)')}$`, 's'), translated };
  });
  const translate = (text: string): string => {
    if (NUMBER.test(text)) return writeNumber(Number(text), text.split('.')[1]?.length ?? 0);
    for (const { pattern, translated } of compiled) {
      const values = pattern.exec(text);
      if (values !== null)
        return translated.replace(/\{(\d+)\}/g, (_, index: string) => translate(values[Number(index) + 1]!));
    }
    // `81.5 %`, `3.2 MiB`
    return text.replace(/^-?\d+\.\d+(?= \S+$)/, translate);
  };
  return translate;
}
