import { useEffect, useState } from 'preact/hooks';
import { getBlob, type Trouble, troubleOf, useApi } from '../../data/api.ts';
import { replaceWords, useAddress } from '../../frame/address.ts';
import { Card } from '../../kit/card.tsx';
import { Choice } from '../../kit/choice.tsx';
import { Coded } from '../../kit/coded.tsx';
import { Markdown } from '../../kit/markdown.tsx';
import { Answered, Empty, Problem } from '../../kit/state.tsx';
import { useLanguage, useWords } from '../../words/language.ts';
import { reportsWords } from './words.ts';

interface KeptReport {
  readonly id: string;
  readonly kind: 'daily' | 'weekly';
  readonly of: string;
}

/** The reports that are kept, and the one that was chosen. */
export function Reports() {
  const words = useWords(reportsWords);
  const { words: address } = useAddress();
  const list = useApi<{ readonly reports: readonly KeptReport[] }>('/api/v1/reports', { everyMs: 300_000 });
  const { trouble } = list;
  if (trouble?.kind === 'refused' && trouble.status === 404) return null;
  return (
    <Card title={words.reports} hint={words.reportsHint}>
      <Answered asked={list}>
        {({ reports }) => {
          const shown = reports.find(({ id }) => id === address.get('report')) ?? reports[0];
          if (shown === undefined) {
            return (
              <Empty title={words.none}>
                <p>
                  <Coded text={words.noneHint} />
                </p>
              </Empty>
            );
          }
          const options = Object.fromEntries(reports.map(({ id, kind, of }) => [id, `${words.kind[kind]} ${of}`]));
          return (
            <>
              <Choice
                label={words.choose}
                value={shown.id}
                options={options}
                onChange={(report) => replaceWords({ report })}
              />
              <Shown id={shown.id} />
            </>
          );
        }}
      </Answered>
    </Card>
  );
}

function Shown({ id }: { readonly id: string }) {
  const words = useWords(reportsWords);
  const lang = useLanguage();
  const [text, setText] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const path = `/api/v1/reports/${encodeURIComponent(id)}`;
  useEffect(() => {
    const gone = new AbortController();
    // what stands here is told to be the report that was chosen
    setText(null);
    setTrouble(null);
    getBlob(path, { format: 'markdown', lang }, gone.signal)
      .then((blob) => blob.text())
      .then(
        (found) => !gone.signal.aborted && setText(found),
        (error: unknown) => !gone.signal.aborted && setTrouble(troubleOf(error)),
      );
    return () => gone.abort();
  }, [path, lang]);
  const save = async (): Promise<void> => {
    try {
      const url = URL.createObjectURL(await getBlob(path, { format: 'html', lang }));
      const link = document.createElement('a');
      link.href = url;
      link.download = `${id}.${lang}.html`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 1000);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  return (
    <article aria-label={id}>
      {trouble !== null && <Problem trouble={trouble} />}
      {text !== null && <Markdown text={text} />}
      <div class="buttons">
        <button type="button" onClick={() => void save()}>
          {words.save}
        </button>
      </div>
    </article>
  );
}
