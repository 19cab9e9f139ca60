import type { OverviewReply } from '../../../../../collector/api/overview-shapes.ts';
import { Card } from '../../../kit/card.tsx';
import { Table } from '../../../kit/table.tsx';
import { number, percent } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { choose } from './asked-list.ts';
import { fleetListWords } from './words.ts';

/** The same devices by site, by model and by version. */
export function Groups({ fleet: { sites, variants, versions } }: { readonly fleet: OverviewReply }) {
  const words = useWords(fleetListWords);
  const common = useWords(fleetWords);
  const link = (text: string, onClick: () => void) => (
    <button type="button" class="link" onClick={onClick}>
      {text}
    </button>
  );
  return (
    <>
      <Card title={words.sites} hint={words.sitesHint}>
        <Table
          caption={words.sites}
          rows={sites}
          keyOf={({ site }) => site}
          columns={[
            { title: common.site, cell: ({ site }) => link(site, () => choose({ site })) },
            { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
            { title: words.online, cell: ({ online }) => number(online), isNumber: true },
            { title: words.wrong, cell: ({ troubled }) => number(troubled), isNumber: true },
            { title: common.crossings, cell: ({ crossings }) => number(crossings), isNumber: true, isMinor: true },
          ]}
        />
      </Card>
      <div class="cards">
        <Card title={words.variants}>
          <Table
            caption={words.variants}
            rows={variants}
            keyOf={({ variant }) => variant}
            columns={[
              {
                title: common.model,
                cell: ({ variant }) => link(variant === '' ? words.none : variant, () => choose({ variant })),
              },
              { title: words.providers, cell: ({ providers }) => providers.join(', '), isMinor: true },
              { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
              { title: words.median, cell: ({ accuracy }) => percent(accuracy, 1), isNumber: true },
            ]}
          />
        </Card>
        <Card title={words.versions}>
          <Table
            caption={words.versions}
            rows={versions}
            keyOf={({ version }) => version}
            columns={[
              {
                title: common.version,
                cell: ({ version }) => link(version === '' ? words.none : version, () => choose({ version })),
              },
              { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
            ]}
          />
        </Card>
      </div>
    </>
  );
}
