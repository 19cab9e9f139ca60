/** One command of a shell text. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** Of its first word, from 0. */
  readonly line: number;
}

// what separates words, what separates commands, or a piece of a word: quoted, escaped or plain
const PIECE =
  /(?<gap>[ \t]+|\\\n)|(?<end>\n|&&|\|\||[;|&()<>])|'(?<single>[^']*)'|"(?<double>[^"]*)"|\\(?<escaped>.)|(?<plain>[^\s'"\\;|&()<>]+|.)/gs;

/**
 * Splits a shell text as far as documents need it: words, quotes, lines joined by a backslash, and whatever separates
 * commands. A # after a space begins a comment, in quotes too.
 */
export function shellCommands(text: string): ShellCommand[] {
  const commands: ShellCommand[] = [];
  let words: string[] = [];
  let word: string | null = null;
  let line = 0;
  let start = 0;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push({ words, line: start });
    words = [];
  };
  for (const { 0: whole, groups } of text.replace(/(^|\s)#.*$/gm, '$1').matchAll(PIECE)) {
    const { gap, end, single, double, escaped, plain } = groups!;
    if (end !== undefined) endCommand();
    else if (gap !== undefined) endWord();
    else {
      if (word === null && words.length === 0) start = line;
      word = `${word ?? ''}${single ?? double ?? escaped ?? plain}`;
    }
    line += whole.split('\n').length - 1;
  }
  endCommand();
  return commands;
}
