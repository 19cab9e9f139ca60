import type { ReportSummaryReply } from '../../../../../collector/api/report-routes.ts';
import { useApi } from '../../../data/api.ts';
import { replaceWords, useAddress } from '../../../frame/address.ts';
import { Card } from '../../../kit/card.tsx';
import { Choice } from '../../../kit/choice.tsx';
import { Answered, Empty } from '../../../kit/state.tsx';
import { number } from '../../../words/formats.ts';
import { useWords } from '../../../words/language.ts';
import { ReportShown } from './report.tsx';
import { SaveReport } from './save-report.tsx';
import { fleetReportWords } from './words.ts';

const DAY_MS = 86_400_000;
/** While it is being made it is asked for again soon; a day that goes on is made anew every few minutes. */
const EVERY_MS = 5000;

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** What the fleet did on a day or in a week. */
export default function FleetReports() {
  const words = useWords(fleetReportWords);
  const { words: address } = useAddress();
  const days = address.get('days') === '7' ? '7' : '1';
  const lengthMs = Number(days) * DAY_MS;
  const given = address.get('day') ?? '';
  const day = Number.isFinite(Date.parse(`${given}T00:00:00Z`))
    ? given
    : dayOf(Date.now() - (days === '7' ? 6 * DAY_MS : 0));
  const tenant = address.get('tenant') ?? undefined;
  const asked = useApi<ReportSummaryReply>('/api/v1/fleet/report/summary', {
    words: { day, days, tenant },
    everyMs: EVERY_MS,
    keeps: true,
  });
  const move = (by: number): void => replaceWords({ day: dayOf(Date.parse(`${day}T00:00:00Z`) + by) });
  const tenants = asked.data?.report?.tenants ?? [];
  // the figures of another day must not stand under this one's date
  const ofThese = asked.isOfOthers ? { ...asked, data: null, isOfOthers: false } : asked;
  return (
    <>
      <Card title={words.span} hint={words.utc}>
        <div class="window">
          <label>
            {words.day}
            <input
              type="date"
              value={day}
              max={dayOf(Date.now())}
              onChange={({ currentTarget }) => currentTarget.value !== '' && replaceWords({ day: currentTarget.value })}
            />
          </label>
          <Choice
            label={words.span}
            value={days}
            options={words.spans}
            onChange={(value) => replaceWords({ days: value, day: undefined })}
          />
          {(tenant !== undefined || tenants.some((one) => one.tenant !== '')) && (
            <Choice
              label={words.tenant}
              value={tenant === undefined ? '' : `=${tenant}`}
              options={{
                '': words.all,
                ...Object.fromEntries(
                  [...new Set([...tenants.map((one) => one.tenant), ...(tenant === undefined ? [] : [tenant])])].map(
                    (one) => [`=${one}`, one === '' ? words.own : one],
                  ),
                ),
              }}
              onChange={(value) => replaceWords({ tenant: value === '' ? undefined : value.slice(1) })}
            />
          )}
        </div>
        <div class="buttons">
          <button type="button" onClick={() => move(-lengthMs)}>
            {words.earlier}
          </button>
          <button type="button" disabled={Date.parse(day) + lengthMs > Date.now()} onClick={() => move(lengthMs)}>
            {words.later}
          </button>
          {ofThese.data?.report != null && <SaveReport query={{ day, days, tenant }} />}
        </div>
      </Card>
      <Answered asked={ofThese}>
        {({ report, done }) => {
          if (report === null) return <p role="status">{words.making(number(done))}</p>;
          return report.deviceCount === 0 ? <Empty title={words.nobody} /> : <ReportShown report={report} />;
        }}
      </Answered>
    </>
  );
}
