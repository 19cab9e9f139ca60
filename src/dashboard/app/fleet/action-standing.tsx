import type { ActionShown, TaskShown } from '../../../collector/api/action-shapes.ts';
import { Badge } from '../kit/badge.tsx';
import type { Standing } from '../kit/tile.tsx';
import { number } from '../words/formats.ts';
import { useWords } from '../words/language.ts';
import { actionWords } from './action-words.ts';

export type TaskState = TaskShown['state'];

/** In the order in which they stand beside one another: what is through first, what waits last. */
export const TASK_ORDER: readonly TaskState[] = [
  'done',
  'watched',
  'accepted',
  'sent',
  'failed',
  'refused',
  'unwell',
  'unanswered',
  'cancelled',
  'waiting',
];

const TASK_STANDINGS: Readonly<Record<TaskState, Standing>> = {
  done: 'good',
  watched: 'none',
  accepted: 'none',
  sent: 'none',
  failed: 'bad',
  refused: 'bad',
  unwell: 'bad',
  unanswered: 'fair',
  cancelled: 'fair',
  waiting: 'none',
};

const ACTION_STANDINGS: Readonly<Record<ActionShown['state'], Standing>> = {
  running: 'none',
  halted: 'bad',
  ended: 'good',
  aborted: 'fair',
};

/** How an action stands; one that ended with failures did not end well. */
export function ActionBadge({
  action: { state, devices },
}: {
  readonly action: Pick<ActionShown, 'state' | 'devices'>;
}) {
  const words = useWords(actionWords);
  const hasFailed = devices.failed + devices.refused + devices.unwell + devices.unanswered > 0;
  const standing = state === 'ended' && hasFailed ? 'fair' : ACTION_STANDINGS[state];
  return <Badge text={words.states[state]} standing={standing} />;
}

/** How far a device is. */
export function TaskBadge({ state }: { readonly state: TaskState }) {
  const words = useWords(actionWords);
  return <Badge text={words.tasks[state]} standing={TASK_STANDINGS[state]} />;
}

/** How many devices are how far: as a bar, and in words. */
export function TaskBar({ devices }: { readonly devices: ActionShown['devices'] }) {
  const words = useWords(actionWords);
  const shown = TASK_ORDER.filter((state) => devices[state] > 0);
  return (
    <div class="task-bar">
      <div class="shares" aria-hidden="true">
        {shown.map((state) => (
          <span
            key={state}
            class={state === 'waiting' ? 'waiting' : TASK_STANDINGS[state]}
            style={{ flexGrow: devices[state] }}
          />
        ))}
      </div>
      <span>{shown.map((state) => words.count(number(devices[state]), words.tasks[state])).join(' · ')}</span>
    </div>
  );
}
