import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { NONE, number, percent, withUnit } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { accuracyStanding, STATE_STANDINGS, STATES } from '../../standing.tsx';
import { choose } from './asked-list.ts';
import { fleetListWords } from './words.ts';

interface FleetProps {
  readonly fleet: OverviewReply;
}

/** The fleet in six numbers. */
export function FleetTiles({ fleet: { devices, states, sites, totals } }: FleetProps) {
  const words = useWords(fleetListWords);
  const troubled = sites.reduce((sum, one) => sum + one.troubled, 0);
  const { accuracy, accuracyLeast, accuracyOf, power, powerOf, crossings, crossingsOf, lost } = totals;
  return (
    <Tiles>
      <Tile
        label={words.online}
        value={number(states.online)}
        note={words.ofAll(number(devices))}
        standing={states.online === devices ? 'good' : 'fair'}
      />
      <Tile
        label={words.wrong}
        value={number(troubled)}
        note={words.wrongNote}
        standing={troubled === 0 ? 'good' : 'fair'}
      />
      <Tile
        label={words.accuracy}
        value={percent(accuracy, 1)}
        note={
          accuracy === null ? words.accuracyNone : words.accuracyNote(percent(accuracyLeast, 1), number(accuracyOf))
        }
        standing={accuracyStanding(accuracy)}
      />
      <Tile
        label={words.crossings}
        value={crossings === null ? NONE : number(crossings)}
        note={crossings === null ? words.crossingsNone : words.crossingsNote(number(crossingsOf))}
      />
      <Tile
        label={words.power}
        value={power !== null && power >= 1000 ? withUnit(power / 1000, 'kW', 1) : withUnit(power, 'W', 1)}
        note={power === null ? words.powerNone : words.powerNote(number(powerOf))}
      />
      <Tile label={words.lost} value={number(lost)} note={words.lostNote} standing={lost === 0 ? 'good' : 'fair'} />
    </Tiles>
  );
}

/** How many are in each state; one that is pressed shows these only. */
export function StatePicks({ fleet: { states }, chosen }: FleetProps & { readonly chosen: string | undefined }) {
  const words = useWords(fleetWords);
  return (
    <fieldset class="picks">
      <legend class="sr">{words.state}</legend>
      {STATES.filter((state) => states[state] > 0 || state === chosen).map((state) => (
        <button
          key={state}
          type="button"
          class={STATE_STANDINGS[state]}
          title={words.stateHints[state]}
          aria-pressed={state === chosen}
          onClick={() => choose({ state: state === chosen ? undefined : state })}
        >
          {words.states[state]} <strong>{number(states[state])}</strong>
        </button>
      ))}
    </fieldset>
  );
}
