import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { useApi } from '../../../data/api.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { STATES } from '../../standing.tsx';
import { TypedField } from '../../typed-field.tsx';
import type { TypedChoice } from './asked-choice.ts';
import { PickSeveral } from './pick-several.tsx';
import { beginWords } from './words.ts';

interface WhomProps {
  readonly typed: TypedChoice;
  /** Devices ticked on the list. */
  readonly ticked: ReadonlySet<string>;
  readonly wrong: 'percent' | 'nobody' | null;
  readonly onChange: (typed: TypedChoice) => void;
}

/** For which devices. */
export function Whom({ typed, ticked, wrong, onChange }: WhomProps) {
  const words = useWords(beginWords);
  return (
    <Card title={words.whom}>
      <fieldset class="ways">
        <legend class="sr">{words.whom}</legend>
        {(['those', 'ticked', 'all'] as const).map((of) => (
          <label key={of} class="tick">
            <input type="radio" name="whom" checked={typed.of === of} onChange={() => onChange({ ...typed, of })} />{' '}
            <span>
              {words.ofs[of]}
              {of === 'ticked' && <span class="soft"> ({words.tickedCount(number(ticked.size))})</span>}
            </span>
          </label>
        ))}
      </fieldset>
      {typed.of === 'ticked' && ticked.size === 0 && (
        <p>
          <a href={hrefOf('fleet')}>{words.tickHint}</a>
        </p>
      )}
      {typed.of === 'those' && <Criteria typed={typed} onChange={onChange} />}
      <div class="fields">
        <TypedField
          label={words.percent}
          value={typed.percent}
          isWrong={wrong === 'percent'}
          mode="decimal"
          onInput={(percent) => onChange({ ...typed, percent })}
        />
      </div>
      {wrong !== null && (
        <p class="problem" role="alert">
          {words.wrong[wrong]}
        </p>
      )}
    </Card>
  );
}

function Criteria({ typed, onChange }: Pick<WhomProps, 'typed' | 'onChange'>) {
  const words = useWords(beginWords);
  const common = useWords(fleetWords);
  const { data: fleet } = useApi<OverviewReply>('/api/v1/fleet/overview', { words: { limit: 1 } });
  const several = (
    name: 'site' | 'state' | 'version' | 'label',
    label: string,
    options: Readonly<Record<string, string>>,
  ) => (
    <PickSeveral
      label={label}
      chosen={typed[name]}
      options={options}
      onChange={(values) => onChange({ ...typed, [name]: values })}
    />
  );
  const same = (values: readonly string[]) => Object.fromEntries(values.map((value) => [value, value]));
  return (
    <>
      <p class="soft">{words.allHold}</p>
      <div class="fields">
        {several('site', common.site, same(fleet?.sites.map(({ site }) => site) ?? []))}
        {several('state', common.state, Object.fromEntries(STATES.map((state) => [state, common.states[state]])))}
        {several(
          'version',
          common.version,
          same(fleet?.versions.map(({ version }) => version).filter((one) => one !== '') ?? []),
        )}
        {several('label', words.label, same(fleet?.labels.map(({ label }) => label) ?? []))}
        <TypedField label={words.models} value={typed.model} onInput={(model) => onChange({ ...typed, model })} />
        <TypedField label={words.board} value={typed.board} onInput={(board) => onChange({ ...typed, board })} />
      </div>
    </>
  );
}
