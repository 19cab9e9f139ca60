import { useEffect, useState } from 'preact/hooks';
import type { AdvisedIndexes, DatabaseView, ExaminationReply } from '../../../api/database.js';
import { post, type Trouble, troubleOf, useApi } from '../../data/api.ts';
import { Problem } from '../../kit/state.tsx';
import { type Column, Table } from '../../kit/table.tsx';
import { bytes, dayAndTime, number } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { useSaid } from '../../words/said.ts';
import { HealthParts } from './health.tsx';
import { querySpan } from './query-span.ts';
import { databaseWords } from './words.ts';

const LOOK_EVERY_MS = 1000;

/** A look at the whole file on demand, with the indexes that would help. */
export function Examination({ database }: { readonly database: DatabaseView }) {
  const words = useWords(databaseWords);
  const said = useSaid();
  const path = pathOf(database);
  const { examination, look } = useExamination(database);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const { state, endedAt, failure } = examination;
  const begin = async (): Promise<void> => {
    setTrouble(null);
    try {
      await post<ExaminationReply>(path);
      look();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <>
      <h3>{words.examineTitle}</h3>
      <p class="soft">{words.examineHint}</p>
      <button type="button" class="examine" disabled={state === 'running'} onClick={() => void begin()}>
        {state === 'done' ? words.again(database.name) : words.examine(database.name)}
      </button>
      {trouble !== null && <Problem trouble={trouble} />}
      <p role="status">
        {state === 'running' && words.running}
        {state === 'failed' && words.examineFailed(said(failure ?? ''))}
        {state === 'done' && words.examinedAt(dayAndTime(endedAt))}
      </p>
      {state === 'done' && <Found examination={examination} name={database.name} />}
    </>
  );
}

const pathOf = ({ name }: DatabaseView): string => `/api/v1/databases/${encodeURIComponent(name)}/examination`;

/** How it stands: as all databases tell it, or closer while it goes on, whoever began it. */
function useExamination(database: DatabaseView) {
  const [isWatched, setWatched] = useState(false);
  const [everyMs, setEveryMs] = useState(0);
  const own = useApi<ExaminationReply>(isWatched ? pathOf(database) : null, { everyMs });
  const examination = newer(own.data, database.examination);
  const isRunning = examination.state === 'running';
  useEffect(() => {
    if (isRunning) setWatched(true);
    setEveryMs(isRunning ? LOOK_EVERY_MS : 0);
  }, [isRunning]);
  const look = (): void => {
    setWatched(true);
    own.reload();
  };
  return { examination, look };
}

/** What was asked for by itself is newer, unless another one was begun since. */
const newer = (own: ExaminationReply | null, told: ExaminationReply): ExaminationReply =>
  own === null || (told.startedAt ?? 0) > (own.startedAt ?? 0) ? told : own;

function Found({ examination, name }: { readonly examination: ExaminationReply; readonly name: string }) {
  const words = useWords(databaseWords);
  const said = useSaid();
  const { advice, adviceObstacle, health, tables } = examination;
  type Row = ExaminationReply['tables'][number];
  const columns: Column<Row>[] = [
    { title: words.table, cell: (row) => row.name },
    { title: words.rows, isNumber: true, cell: ({ rows }) => number(rows) },
    { title: words.size, isNumber: true, cell: (row) => bytes(row.bytes) },
    { title: words.indexSize, isNumber: true, cell: ({ indexBytes }) => bytes(indexBytes) },
  ];
  return (
    <>
      <h4>{words.indexesTitle}</h4>
      {advice === null ? <p>{words.adviceNone(said(adviceObstacle ?? ''))}</p> : <Indexes advice={advice} />}
      {health !== null && (
        <>
          <h4>{words.health}</h4>
          <HealthParts health={health} />
        </>
      )}
      <h4>{words.tablesTitle}</h4>
      <Table
        caption={`${words.tablesTitle} (${name})`}
        columns={columns}
        rows={tables}
        keyOf={(row) => row.name}
        empty="–"
      />
    </>
  );
}

function Indexes({ advice }: { readonly advice: AdvisedIndexes }) {
  const words = useWords(databaseWords);
  const { create, drop, beforeMs, afterMs, tried, cutShort } = advice;
  return (
    <>
      <p>{create.length === 0 ? words.noIndex(tried) : words.wouldTake(querySpan(beforeMs), querySpan(afterMs))}</p>
      {create.map(({ sql, savesMs, bytes: size, helps }) => (
        <div key={sql}>
          <pre>{sql};</pre>
          <p>{words.saves(querySpan(savesMs), bytes(size))}</p>
          <ul>
            {helps.map(({ text, beforeMs: before, afterMs: after }) => (
              <li key={text}>
                {words.helps} <code>{text}</code>: {`${querySpan(before)} → ${querySpan(after)}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
      {drop.length > 0 && <p>{words.drop}</p>}
      <ul>
        {drop.map(({ sql, why, instead, bytes: size }) => (
          <li key={sql}>
            <code>{sql};</code> {why === 'redundant' ? words.redundant(instead ?? '') : words[why]}, {bytes(size)}
          </li>
        ))}
      </ul>
      {cutShort && <p class="soft">{words.cutShort}</p>}
      <p class="soft">{words.dryRun}</p>
    </>
  );
}
