import type { DeviceNowReply } from '../../../../../collector/api/overview-shapes.ts';
import { Card } from '../../../kit/card.tsx';
import { Said } from '../../../kit/said.tsx';
import { dayAndTime, NONE, number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { deviceFleetWords } from './words.ts';

/** What the device said of itself when it connected. */
export function Birth({ now }: { readonly now: DeviceNowReply }) {
  const words = useWords(deviceFleetWords);
  const common = useWords(fleetWords);
  const { birth, metrics, version, model, variant, provider, board, configuration } = now;
  if (birth === null)
    return (
      <Card title={words.birth}>
        <p class="soft">{words.noBirth}</p>
      </Card>
    );
  const problem = birth['lastProblem'] as { message?: string } | undefined;
  return (
    <Card title={words.birth} hint={words.birthHint}>
      <dl class="facts">
        <dt>{words.at}</dt>
        <dd>{dayAndTime(birth['ts'] as number)}</dd>
        <dt>{common.version}</dt>
        <dd>{version ?? NONE}</dd>
        <dt>{common.model}</dt>
        <dd>{model === null ? NONE : `${model} / ${variant ?? NONE}`}</dd>
        <dt>{common.provider}</dt>
        <dd>{provider ?? NONE}</dd>
        <dt>{words.board}</dt>
        <dd>{board ?? NONE}</dd>
        <dt>{words.configuration}</dt>
        <dd>
          {configuration === null ? (
            NONE
          ) : (
            <>
              <code>{configuration}</code> <span class="soft">{words.configurationHint}</span>
            </>
          )}
        </dd>
        <dt>{words.boot}</dt>
        <dd>{(birth['boot'] as string | undefined) ?? NONE}</dd>
        <dt>{words.cameras}</dt>
        <dd>{camerasIn(metrics).join(', ') || NONE}</dd>
        <dt>{words.metrics}</dt>
        <dd>{number(metrics.length)}</dd>
        {problem?.message !== undefined && (
          <>
            <dt>{words.problem}</dt>
            <dd>
              <Said text={problem.message} />
            </dd>
          </>
        )}
      </dl>
    </Card>
  );
}

/** Every camera has a number of vehicles that it sees. */
const camerasIn = (metrics: readonly string[]): string[] =>
  [
    ...new Set(metrics.filter((name) => name.startsWith('vehicles.')).map((name) => name.slice('vehicles.'.length))),
  ].sort();
