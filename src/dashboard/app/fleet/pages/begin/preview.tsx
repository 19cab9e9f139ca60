import type { BegunReply } from '../../../../../collector/api/action-shapes.ts';
import { Card } from '../../../kit/card.tsx';
import { Confirm } from '../../../kit/state.tsx';
import { Table } from '../../../kit/table.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import type { OfferedName } from './commands.ts';
import { beginWords } from './words.ts';

const MOST_NAMED = 200;

interface PreviewProps {
  readonly command: OfferedName;
  readonly would: Pick<BegunReply, 'devices' | 'stages'>;
  readonly isCareful: boolean;
  readonly onBegin: () => Promise<unknown>;
}

/** Whom an action would be for and in which stages, and the button that begins it. */
export function Preview({ command, would: { devices, stages }, isCareful, onBegin }: PreviewProps) {
  const words = useWords(beginWords);
  const [count, stageCount] = [number(devices.length), number(stages.length)];
  const said =
    devices.length === 1
      ? words.wouldOne(stageCount)
      : stages.length === 1
        ? words.wouldAtOnce(count)
        : words.would(count, stageCount);
  return (
    <Card title={said}>
      <Table
        caption={said}
        rows={stagesWith(devices, stages)}
        keyOf={({ stage }) => String(stage)}
        columns={[
          { title: words.stage, cell: ({ stage }) => number(stage), isNumber: true },
          { title: words.devices, cell: ({ names }) => number(names.length), isNumber: true },
          { title: words.which, cell: ({ names }) => <Names names={names} /> },
        ]}
      />
      <div class="buttons">
        <Confirm
          label={words.begin}
          question={words.question(command, count)}
          action={words.begin}
          onConfirm={onBegin}
          isDangerous={isCareful}
        />
      </div>
    </Card>
  );
}

function stagesWith(devices: readonly string[], stages: readonly number[]) {
  let before = 0;
  return stages.map((size, index) => ({ stage: index + 1, names: devices.slice(before, (before += size)) }));
}

/** A few in the open, more where they are asked for. */
function Names({ names }: { readonly names: readonly string[] }) {
  const FEW = 3;
  const [few, rest] = [names.slice(0, FEW), names.slice(FEW, MOST_NAMED)];
  const more = names.length - FEW;
  if (more <= 0) return <>{few.join(', ')}</>;
  return (
    <details>
      <summary>
        {few.join(', ')} + {number(more)}
      </summary>
      <p>
        {rest.join(', ')}
        {names.length > MOST_NAMED && ' …'}
      </p>
    </details>
  );
}
