import type { ComponentChildren } from 'preact';
import { CopyButton } from './copy-button.tsx';

type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'text'; readonly lines: readonly string[] };

/**
 * Markdown as the device's own reports are written in: headings, lists, tables, bold, code that can be copied. Whatever else it says is
 * shown as text: no part of it becomes markup.
 */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <>
      {blocksOf(text).map((block, index) => (
        <Shown key={`${index} ${block.kind}`} block={block} />
      ))}
    </>
  );
}

function Shown({ block }: { readonly block: Block }) {
  switch (block.kind) {
    case 'heading':
      // the page has its own title above
      return block.level === 1 ? (
        <h3>
          <Inline text={block.text} />
        </h3>
      ) : (
        <h4>
          <Inline text={block.text} />
        </h4>
      );
    case 'code':
      return (
        <div class="command">
          <code>{block.text}</code> <CopyButton text={block.text} />
        </div>
      );
    case 'list':
      return (
        <ul>
          {block.items.map((item) => (
            <li key={item}>
              <Inline text={item} />
            </li>
          ))}
        </ul>
      );
    case 'table':
      return <PlainTable head={block.head} rows={block.rows} />;
    case 'text':
      return (
        <p>
          {block.lines.map((line, index) => [
            index > 0 && <br key={`${line} br`} />,
            <Inline key={line} text={line} />,
          ])}
        </p>
      );
  }
}

interface PlainTableProps {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function PlainTable({ head, rows }: PlainTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={head.join(', ')}>
      <table>
        <thead>
          <tr>
            {head.map((title, index) => (
              <th key={title} scope="col" class={index > 0 ? 'number' : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={`${at} ${row[0]}`}>
              {row.map((cell, index) => (
                <td key={`${head[index]}`} class={index > 0 ? 'number' : undefined}>
                  <Inline text={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Bold and code within a line. */
function Inline({ text }: { readonly text: string }): ComponentChildren {
  return text.split(/(\*\*[^*]+\*\*|`[^`]+`)/).map((part) => {
    if (/^\*\*.+\*\*$/.test(part)) return <strong key={part}>{plain(part.slice(2, -2))}</strong>;
    return /^`.+`$/.test(part) ? <code key={part}>{part.slice(1, -1)}</code> : plain(part);
  });
}

/** Without the backslashes before characters that would mean something. */
const plain = (text: string): string => text.replace(/\\([\\`*_{}[\]<>()#+\-.!|~&])/g, '$1');

const RULE = /^\|[-:| ]+\|$/;

function blocksOf(text: string): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  const takeWhile = (test: (line: string) => boolean): string[] => {
    const taken: string[] = [];
    while (lines.length > 0 && test(lines[0]!)) taken.push(lines.shift()!);
    return taken;
  };
  while (lines.length > 0) {
    const line = lines[0]!;
    const heading = /^(#{1,6}) (.*)$/.exec(line);
    if (line.trim() === '') lines.shift();
    else if (heading !== null) {
      lines.shift();
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
    } else if (line.startsWith('```')) {
      lines.shift();
      blocks.push({ kind: 'code', text: takeWhile((one) => !one.startsWith('```')).join('\n') });
      lines.shift();
    } else if (line.startsWith('- ')) {
      blocks.push({ kind: 'list', items: takeWhile((one) => one.startsWith('- ')).map((one) => one.slice(2)) });
    } else if (line.startsWith('|')) {
      const [head = [], ...rows] = takeWhile((one) => one.startsWith('|'))
        .filter((one) => !RULE.test(one))
        .map(cellsOf);
      blocks.push({ kind: 'table', head, rows });
    } else blocks.push({ kind: 'text', lines: takeWhile((one) => one.trim() !== '' && !/^(#|```|- |\|)/.test(one)) });
  }
  return blocks;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
