import { useEffect, useRef, useState } from 'preact/hooks';
import type { OverviewReply, OverviewRow } from '../../../../../collector/api/overview-shapes.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { type Column, Table } from '../../../kit/table.tsx';
import { useAlertName } from '../../../words/alert-words.ts';
import { ago, NONE, number, percent, withUnit } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { chooseDevices, chooseNone, useChosenDevices } from '../../chosen-devices.ts';
import { fleetWords } from '../../fleet-words.ts';
import { useMayBegin } from '../../may-change.ts';
import { AlertBadges, StateBadge } from '../../standing.tsx';
import { type AskedList, choose, chooseOrder, PAGE_LENGTH, showAll, skipTo, turnOrder } from './asked-list.ts';
import { fleetListWords } from './words.ts';

interface ListProps {
  readonly fleet: OverviewReply;
  readonly list: AskedList;
}

/** Devices, those that are chosen, page by page. */
export function DeviceList({ fleet, list }: ListProps) {
  const words = useWords(fleetListWords);
  const mayBegin = useMayBegin();
  const tick = useTick();
  const columns = useColumns();
  return (
    <Card title={words.list}>
      <Filters fleet={fleet} list={list} />
      <Table
        caption={words.list}
        rows={fleet.rows}
        keyOf={({ site, device }) => `${site}/${device}`}
        empty={words.nothing}
        columns={mayBegin ? [tick, ...columns] : columns}
        order={{ by: list.sort, isDown: list.isDown, onChoose: (by) => turnOrder(list, by) }}
      />
      <Pager fleet={fleet} />
      {mayBegin && <TickedDevices shown={fleet.rows} />}
    </Card>
  );
}

/** Whether a device is among those that an action is begun for. */
function useTick(): Column<OverviewRow> {
  const words = useWords(fleetListWords);
  const ticked = useChosenDevices();
  return {
    title: words.tick,
    cell: ({ site, device }) => (
      <input
        type="checkbox"
        aria-label={words.tickOne(device)}
        checked={ticked.has(`${site}/${device}`)}
        onChange={({ currentTarget }) => chooseDevices([`${site}/${device}`], currentTarget.checked)}
      />
    ),
  };
}

/** How many are ticked, and what is done with them. */
function TickedDevices({ shown }: { readonly shown: readonly OverviewRow[] }) {
  const words = useWords(fleetListWords);
  const ticked = useChosenDevices();
  const names = shown.map(({ site, device }) => `${site}/${device}`);
  return (
    <div class="pager">
      <button
        type="button"
        disabled={names.every((name) => ticked.has(name))}
        onClick={() => chooseDevices(names, true)}
      >
        {words.tickShown}
      </button>
      {ticked.size > 0 && (
        <>
          <button type="button" onClick={chooseNone}>
            {words.tickNone}
          </button>
          <a class="act" href={hrefOf('begin')}>
            {words.tickBegin(number(ticked.size))}
          </a>
        </>
      )}
    </div>
  );
}

function useColumns(): Column<OverviewRow>[] {
  const words = useWords(fleetWords);
  return [
    {
      title: words.device,
      order: 'name',
      cell: ({ site, device, tenant, labels }) => (
        <>
          <a class="whole" href={hrefOf('device', { site, device })}>
            {device}
          </a>
          <br />
          <span class="soft">{tenant === null ? site : `${site} · ${tenant}`}</span>
          {labels.map((label) => (
            <span key={label} class="tag">
              {label}
            </span>
          ))}
        </>
      ),
    },
    {
      title: words.state,
      order: 'worst',
      cell: ({ state, alerts }) => (
        <>
          <StateBadge state={state} /> <AlertBadges alerts={alerts} />
        </>
      ),
    },
    { title: words.heard, order: 'heard', cell: ({ heardAt }) => ago(heardAt), isMinor: true },
    { title: words.accuracy, order: 'accuracy', cell: ({ measured }) => percent(measured.accuracy, 1), isNumber: true },
    {
      title: words.temperature,
      order: 'temperature',
      cell: ({ measured }) => withUnit(measured.temperature, '°C'),
      isNumber: true,
      isMinor: true,
    },
    {
      title: words.power,
      order: 'power',
      cell: ({ measured }) => withUnit(measured.power, 'W', 1),
      isNumber: true,
      isMinor: true,
    },
    {
      title: words.crossings,
      order: 'crossings',
      cell: ({ crossings }) => number(crossings),
      isNumber: true,
      isMinor: true,
    },
    {
      title: words.model,
      order: 'variant',
      cell: ({ variant, provider }) =>
        variant === null ? NONE : `${variant}${provider === null ? '' : ` · ${provider}`}`,
      isMinor: true,
    },
    { title: words.version, order: 'version', cell: ({ version }) => version ?? NONE, isMinor: true },
  ];
}

function Filters({ fleet, list: { chosen, sort, isNarrowed } }: ListProps) {
  const words = useWords(fleetListWords);
  const common = useWords(fleetWords);
  const nameOf = useAlertName();
  const any = { '': words.all };
  const pick = (name: 'site' | 'alert' | 'version' | 'variant' | 'label', options: [string, string][]) => (
    <Choice
      label={
        {
          ...{ site: common.site, alert: words.alert, version: common.version },
          ...{ variant: common.model, label: common.label },
        }[name]
      }
      value={chosen[name] === undefined ? '' : `=${chosen[name]}`}
      options={{ ...any, ...Object.fromEntries(options.map(([id, text]) => [`=${id}`, text])) }}
      onChange={(value) => choose({ [name]: value === '' ? undefined : value.slice(1) })}
    />
  );
  return (
    <div class="window filters">
      <Find text={chosen.text ?? ''} />
      {pick(
        'site',
        fleet.sites.map(({ site }) => [site, site]),
      )}
      {pick(
        'alert',
        fleet.alerts.map(({ code }) => [code, nameOf(code)]),
      )}
      {pick(
        'version',
        fleet.versions.map(({ version }) => [version, version === '' ? words.none : version]),
      )}
      {pick(
        'variant',
        fleet.variants.map(({ variant }) => [variant, variant === '' ? words.none : variant]),
      )}
      {(fleet.labels.length > 0 || chosen.label !== undefined) &&
        pick(
          'label',
          fleet.labels.map(({ label }) => [label, label]),
        )}
      <Choice label={words.sort} value={sort} options={words.sorts} onChange={chooseOrder} />
      {isNarrowed && (
        <button type="button" class="clear" onClick={showAll}>
          {words.clear}
        </button>
      )}
    </div>
  );
}

/** ms after the last key until it is asked for. */
const TYPING_MS = 250;

function Find({ text }: { readonly text: string }) {
  const words = useWords(fleetListWords);
  const [typed, setTyped] = useState(text);
  const told = useRef(text);
  useEffect(() => {
    // what this field put into the address itself is behind what is typed by now
    if (text !== told.current) setTyped((told.current = text));
  }, [text]);
  useEffect(() => {
    if (typed === told.current) return undefined;
    const timer = setTimeout(() => {
      told.current = typed;
      choose({ text: typed === '' ? undefined : typed });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <label>
      {words.find}
      <input type="search" value={typed} onInput={({ currentTarget }) => setTyped(currentTarget.value)} />
    </label>
  );
}

function Pager({ fleet: { matching, skipped, rows } }: Pick<ListProps, 'fleet'>) {
  const words = useWords(fleetListWords);
  if (rows.length === 0) return null;
  return (
    <div class="pager">
      <button type="button" disabled={skipped === 0} onClick={() => skipTo(skipped - PAGE_LENGTH)}>
        {words.previous}
      </button>
      <span role="status">{words.shown(number(skipped + 1), number(skipped + rows.length), number(matching))}</span>
      <button type="button" disabled={skipped + rows.length >= matching} onClick={() => skipTo(skipped + PAGE_LENGTH)}>
        {words.next}
      </button>
    </div>
  );
}
