import type { ModelsView, VariantSpeed, VariantView } from '../../../api/models.ts';
import { Card } from '../../kit/card.tsx';
import { Said } from '../../kit/said.tsx';
import { Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { Tile, Tiles } from '../../kit/tile.tsx';
import { number, percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { modelsWords } from './words.ts';

/** What answers now, on what, and which providers were refused. */
export function ModelInUse({ view }: { readonly view: ModelsView }) {
  const words = useWords(modelsWords);
  const { inUse, configured, models } = view;
  if (inUse === null) {
    return (
      <Card title={words.inUse}>
        <Empty title={words.noneAnswers}>
          <p>{words.noneAnswersHint}</p>
        </Empty>
      </Card>
    );
  }
  const own = models.flatMap(({ variants }) => variants).find(({ isInUse }) => isInUse);
  const speed = own === undefined ? null : speedAlone(own);
  const wanted = `${configured.model}, ${configured.variant}`;
  return (
    <Card title={words.inUse}>
      <Tiles>
        <Tile label={words.model} value={inUse.model} note={words.configured(wanted)} />
        <Tile
          label={words.variant}
          value={inUse.variant}
          note={words.variantNote(inUse.inputWidth, inUse.inputHeight)}
        />
        <Tile
          label={words.provider}
          value={inUse.provider}
          note={`${words.providerNote}; ${inUse.runtime}`}
          standing={inUse.refused.length > 0 ? 'fair' : 'good'}
        />
        <Tile
          label={words.accuracyKept}
          value={percent(own?.accuracyKept, 1)}
          note={own?.accuracyKept == null ? words.noAccuracy : words.accuracyKeptNote}
        />
        <Tile
          label={words.speed}
          value={withUnit(speed?.p50Ms, 'ms', 1)}
          note={speed === null ? words.noSpeed : words.speedNote}
        />
        <Tile
          label={words.workers}
          value={number(inUse.workers)}
          note={words.workersNote(inUse.threads, inUse.batch)}
        />
        <Tile
          label={words.load}
          value={withUnit((inUse.loadMs + inUse.warmupMs) / 1000, 's', 1)}
          note={words.loadNote}
        />
      </Tiles>
      <p>
        <strong>{words.reports}:</strong> {inUse.classes.join(', ')}
      </p>
      <h3>{words.refused}</h3>
      {inUse.refused.length > 0 && <p class="soft">{words.refusedHint}</p>}
      <Table
        caption={words.refused}
        rows={inUse.refused}
        keyOf={({ provider }) => provider}
        empty={words.noneRefused}
        columns={[
          { title: words.provider, cell: ({ provider }) => provider },
          { title: words.reason, cell: ({ reason }) => <Said text={reason} /> },
        ]}
      />
    </Card>
  );
}

/** The fastest measurement of one picture alone; null where there is none. */
export function speedAlone({ speed }: VariantView): VariantSpeed | null {
  const alone = speed.filter(({ batch, p50Ms }) => batch === 1 && p50Ms !== null);
  return alone.sort((a, b) => a.p50Ms! - b.p50Ms!)[0] ?? null;
}
