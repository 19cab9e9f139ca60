import type { ModelsView, ModelView, VariantView } from '../../../api/models.ts';
import { Badge } from '../../kit/badge.tsx';
import { Card } from '../../kit/card.tsx';
import { Coded } from '../../kit/coded.tsx';
import { Said } from '../../kit/said.tsx';
import { Empty } from '../../kit/state.tsx';
import { Table } from '../../kit/table.tsx';
import { bytes, dayAndTime, number, percent, withUnit } from '../../words/formats.ts';
import { useWords } from '../../words/language.ts';
import { speedAlone } from './model-in-use.tsx';
import { modelsWords } from './words.ts';

/** Every model in the folder, with each way to run it. */
export function InstalledModels({ view: { models, folderProblem } }: { readonly view: ModelsView }) {
  const words = useWords(modelsWords);
  return (
    <Card title={words.installed} hint={words.installedHint}>
      {folderProblem !== null && (
        <p class="problem" role="alert">
          {words.folder}: <Said text={folderProblem} />
        </p>
      )}
      {models.length === 0 && folderProblem === null && (
        <Empty title={words.noModels}>
          <p>
            <Coded text={words.noModelsHint} />
          </p>
        </Empty>
      )}
      {models.map((model) => (
        <InstalledModel key={model.name} model={model} />
      ))}
    </Card>
  );
}

function InstalledModel({ model }: { readonly model: ModelView }) {
  const words = useWords(modelsWords);
  const { name, problem, description, variants } = model;
  return (
    <article aria-label={name}>
      <h3>{name}</h3>
      {problem !== null && (
        <p class="problem" role="alert">
          {words.broken}: <Said text={problem} />
        </p>
      )}
      {description !== null && (
        <p class="soft">
          <Said text={description} />
        </p>
      )}
      {variants.length > 0 && <Variants caption={name} variants={variants} />}
      <Facts model={model} />
    </article>
  );
}

function Variants({ caption, variants }: { readonly caption: string; readonly variants: readonly VariantView[] }) {
  const words = useWords(modelsWords);
  return (
    <Table
      caption={caption}
      rows={variants}
      keyOf={({ id }) => id}
      columns={[
        {
          title: words.variant,
          cell: ({ id, isInUse }) => (
            <>
              {id} {isInUse && <Badge text={words.now} standing="good" />}
            </>
          ),
        },
        { title: words.precision, cell: ({ precision }) => precision },
        { title: words.input, cell: ({ width, height }) => `${width} × ${height}` },
        { title: words.size, cell: (variant) => bytes(variant.bytes), isNumber: true },
        { title: words.kept, cell: ({ accuracyKept }) => percent(accuracyKept, 1), isNumber: true },
        { title: words.labelled, cell: ({ labelled }) => number(labelled[0]?.value, 3), isNumber: true },
        { title: words.seenHere, cell: ({ seenHere }) => number(seenHere?.f1, 3), isNumber: true },
        { title: words.perPicture, cell: (variant) => withUnit(speedAlone(variant)?.p50Ms, 'ms', 1), isNumber: true },
        { title: words.pace, cell: ({ speed }) => number(speed[0]?.imagesPerSecond, 1), isNumber: true },
        { title: words.memory, cell: ({ speed }) => bytes(speed[0]?.memoryBytes), isNumber: true },
      ]}
    />
  );
}

function Facts({ model: { family, licence, origin, classes, variants } }: { readonly model: ModelView }) {
  const words = useWords(modelsWords);
  const facts: readonly (readonly [string, string | null])[] = [
    [words.family, family],
    [words.licence, licence],
    [words.origin, origin],
    [words.classes, classes.join(', ') || null],
  ];
  return (
    <details>
      <summary>{words.more}</summary>
      <dl class="facts">
        {facts.map(([label, value]) =>
          value === null ? null : [<dt key={label}>{label}</dt>, <dd key={`${label}:`}>{value}</dd>],
        )}
      </dl>
      <Table
        caption={words.madeBy}
        rows={variants}
        keyOf={({ id }) => id}
        columns={[
          { title: words.variant, cell: ({ id }) => id },
          { title: words.madeBy, cell: ({ madeBy }) => madeBy },
          { title: words.accuracyKept, cell: ({ accuracyMetric }) => accuracyMetric ?? words.noAccuracy },
          { title: words.labelled, cell: ({ labelled }) => labelled.map(({ set }) => set).join('; ') },
          { title: words.measuredAt, cell: ({ speed }) => dayAndTime(speed[0]?.measuredAt) },
          { title: words.failed, cell: ({ speed }) => speed.flatMap(({ failure }) => failure ?? []).join('; ') },
        ]}
      />
    </details>
  );
}
