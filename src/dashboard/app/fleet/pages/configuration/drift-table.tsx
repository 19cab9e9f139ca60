import type { DriftReply } from '../../../../../collector/api/configuration-routes.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Table } from '../../../kit/table.tsx';
import type { Standing } from '../../../kit/tile.tsx';
import { ago } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetConfigurationWords } from './words.ts';

type Drifted = DriftReply['devices'][number];

const STANDINGS: Readonly<Record<Drifted['state'], Standing>> = {
  drifted: 'fair',
  unknown: 'none',
  'as-desired': 'good',
};

/** Devices, with the keys in which they differ. */
export function DriftTable({ devices }: Pick<DriftReply, 'devices'>) {
  const words = useWords(fleetConfigurationWords);
  return (
    <Table
      caption={words.devices}
      rows={devices}
      keyOf={({ site, device }) => `${site}/${device}`}
      empty={words.none}
      columns={[
        {
          title: words.device,
          cell: ({ site, device }) => <a href={hrefOf('device', { site, device })}>{`${site} / ${device}`}</a>,
        },
        {
          title: words.state,
          cell: ({ state }) => <Badge text={words.states[state]} standing={STANDINGS[state]} />,
          isMinor: true,
        },
        { title: words.differs, cell: ({ keys }) => <DriftedKeys keys={keys} /> },
        { title: words.told, cell: ({ toldAt }) => ago(toldAt), isMinor: true },
      ]}
    />
  );
}

function DriftedKeys({ keys }: Pick<Drifted, 'keys'>) {
  const words = useWords(fleetConfigurationWords);
  const value = (one: unknown) =>
    one === null || one === undefined ? (
      words.nothing
    ) : (
      <code>{typeof one === 'string' ? one : JSON.stringify(one)}</code>
    );
  return (
    <ul class="plain">
      {keys.map(({ key, has, wanted, settable }) => (
        <li key={key}>
          <code>{key}</code>: {words.has} {value(has)}, {words.wanted} {value(wanted)}
          {!settable && <span class="soft"> ({words.byFile})</span>}
        </li>
      ))}
    </ul>
  );
}
