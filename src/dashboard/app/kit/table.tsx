import type { ComponentChildren } from 'preact';

/** A column: its heading, and what stands in it for a row. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly isNumber?: boolean;
  /** Not shown on a phone. */
  readonly isMinor?: boolean;
  /** By what its heading puts rows in order; absent: it does not. */
  readonly order?: string;
}

/** In which order rows are, and who changes it. */
export interface TableOrder {
  readonly by: string;
  readonly isDown: boolean;
  readonly onChoose: (by: string) => void;
}

interface TableProps<Row> {
  /** What it is a table of, for who hears it read. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  /** What is said in place of no rows. */
  readonly empty?: string;
  /** Of those columns that have one. */
  readonly order?: TableOrder;
}

/** Rows of anything; wider than the page it scrolls by itself. */
export function Table<Row>({ caption, columns, rows, keyOf, empty, order }: TableProps<Row>) {
  if (rows.length === 0 && empty !== undefined) return <p class="soft">{empty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={caption}>
      <table>
        <caption class="sr">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading key={column.title} column={column} order={order} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td key={column.title} class={classOf(column)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface HeadingProps {
  readonly column: Pick<Column<never>, 'title' | 'isNumber' | 'isMinor' | 'order'>;
  readonly order: TableOrder | undefined;
}

function Heading({ column, order }: HeadingProps) {
  const { title, order: by } = column;
  if (order === undefined || by === undefined)
    return (
      <th scope="col" class={classOf(column)}>
        {title}
      </th>
    );
  const direction = order.by === by ? (order.isDown ? 'descending' : 'ascending') : undefined;
  return (
    <th scope="col" class={classOf(column)} aria-sort={direction}>
      <button type="button" onClick={() => order.onChoose(by)}>
        {title}
        {direction !== undefined && <span aria-hidden="true">{order.isDown ? ' ▾' : ' ▴'}</span>}
      </button>
    </th>
  );
}

const classOf = ({ isNumber, isMinor }: HeadingProps['column']): string | undefined =>
  [isNumber && 'number', isMinor && 'minor'].filter(Boolean).join(' ') || undefined;
