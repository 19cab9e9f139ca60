import type { ReportSummaryReply } from '../../../../../collector/api/report-routes.ts';
import { hrefOf } from '../../../frame/address.ts';
import { Badge } from '../../../kit/badge.tsx';
import { Card } from '../../../kit/card.tsx';
import { Table } from '../../../kit/table.tsx';
import { Tile, Tiles } from '../../../kit/tile.tsx';
import { useAlertName } from '../../../words/alert-words.ts';
import { dayAndTime, duration, number, percent, time } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { fleetWords } from '../../fleet-words.ts';
import { SEVERITY_STANDINGS } from '../../standing.tsx';
import { useVehicleClass } from '../../vehicle-class.ts';
import { fleetReportWords } from './words.ts';

type Report = NonNullable<ReportSummaryReply['report']>;

interface ReportProps {
  readonly report: Report;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** A report, the figures first. */
export function ReportShown({ report }: ReportProps) {
  const words = useWords(fleetReportWords);
  const classOf = useVehicleClass();
  const { deviceCount, onlineShare, crossings, alerts, days } = report;
  const classes = Object.entries(crossings).sort(([, a], [, b]) => b - a);
  return (
    <>
      <Tiles>
        <Tile label={words.devices} value={number(deviceCount)} />
        <Tile
          label={words.online}
          value={percent(onlineShare, 2)}
          note={words.onlineNote}
          standing={onlineShare === null ? 'none' : onlineShare >= 0.99 ? 'good' : onlineShare >= 0.95 ? 'fair' : 'bad'}
        />
        <Tile label={words.crossings} value={number(sumOf(Object.values(crossings)))} />
        <Tile label={words.alerts} value={number(sumOf(alerts.map(({ times }) => times)))} />
      </Tiles>
      <div class="cards spaced">
        <Card title={words.classes}>
          <Table
            caption={words.classes}
            rows={classes}
            keyOf={([name]) => name}
            empty={words.noClasses}
            columns={[
              { title: words.vehicleClass, cell: ([name]) => classOf(name) },
              { title: words.crossings, cell: ([, count]) => number(count), isNumber: true },
            ]}
          />
        </Card>
        <AlertsBegun alerts={alerts} />
        {days.length > 1 && (
          <Card title={words.byDay}>
            <Table
              caption={words.byDay}
              rows={days}
              keyOf={({ from }) => String(from)}
              columns={[
                { title: words.date, cell: ({ from }) => time(from, { dateStyle: 'medium', timeZone: 'UTC' }) },
                {
                  title: words.online,
                  cell: ({ knownMs, onlineMs }) => percent(knownMs === 0 ? null : onlineMs / knownMs, 2),
                  isNumber: true,
                },
                { title: words.crossings, cell: (one) => number(one.crossings), isNumber: true },
              ]}
            />
          </Card>
        )}
        <Tenants report={report} />
      </div>
      <Away away={report.away} />
    </>
  );
}

function AlertsBegun({ alerts }: Pick<Report, 'alerts'>) {
  const words = useWords(fleetReportWords);
  const { severities } = useWords(fleetWords);
  const nameOf = useAlertName();
  return (
    <Card title={words.alerts}>
      <Table
        caption={words.alerts}
        rows={alerts}
        keyOf={({ code }) => code}
        empty={words.noAlerts}
        columns={[
          { title: words.alert, cell: ({ code }) => nameOf(code) },
          {
            title: words.severity,
            cell: ({ severity }) => <Badge text={severities[severity]} standing={SEVERITY_STANDINGS[severity]} />,
            isMinor: true,
          },
          { title: words.times, cell: ({ times }) => number(times), isNumber: true },
          { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
        ]}
      />
    </Card>
  );
}

function Tenants({ report: { tenants } }: ReportProps) {
  const words = useWords(fleetReportWords);
  if (tenants.every(({ tenant }) => tenant === '')) return null;
  return (
    <Card title={words.tenants}>
      <Table
        caption={words.tenants}
        rows={tenants}
        keyOf={({ tenant }) => tenant}
        columns={[
          { title: words.tenant, cell: ({ tenant }) => (tenant === '' ? words.own : tenant) },
          { title: words.devices, cell: ({ devices }) => number(devices), isNumber: true },
          { title: words.crossings, cell: ({ crossings }) => number(crossings), isNumber: true },
        ]}
      />
    </Card>
  );
}

function Away({ away }: Pick<Report, 'away'>) {
  const words = useWords(fleetReportWords);
  return (
    <Card title={words.awayTimes} hint={away.length === 0 ? undefined : words.awayHint}>
      <Table
        caption={words.awayTimes}
        rows={away}
        keyOf={({ site, device, from }) => `${site}/${device} ${from}`}
        empty={words.awayNone}
        columns={[
          {
            title: words.device,
            cell: ({ site, device }) => <a href={hrefOf('device', { site, device })}>{`${site} / ${device}`}</a>,
          },
          { title: words.from, cell: ({ from }) => dayAndTime(from) },
          { title: words.until, cell: ({ to }) => dayAndTime(to), isMinor: true },
          { title: words.long, cell: ({ from, to }) => duration((to - from) / 1000), isNumber: true },
        ]}
      />
    </Card>
  );
}
