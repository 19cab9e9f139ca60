import { mean, total } from '../../foundation/statistics.js';
import type { DailyReportPayload } from '../../telemetry/mqtt/messages/daily-report.js';
import type { ReportWording } from '../languages/report-wording.js';

/** One number that is seen first. */
export interface ReportTile {
  readonly title: string;
  readonly value: string;
  readonly note: string;
}

/** A camera that delivered for less of the day is named. */
const LEAST_SERVED = 0.98;

/** What somebody with ten seconds reads of a day. */
export function dayTiles(report: DailyReportPayload, wording: ReportWording): ReportTile[] {
  const { cameras, comparison, costs, tenant } = report;
  const compared = (figure: string) => wording.against(comparison.find((one) => one.figure === figure)?.change ?? null);
  const vehicles = total(cameras.flatMap(({ traffic }) => traffic?.vehicles ?? []));
  const served = mean(cameras.flatMap(({ served }) => served ?? []));
  const worst = [...cameras].filter(({ f1 }) => f1 !== null).sort((a, b) => a.f1! - b.f1!)[0];
  const slowest = [...cameras]
    .filter(({ latencyP95 }) => latencyP95 !== null)
    .sort((a, b) => b.latencyP95! - a.latencyP95!)[0];
  const named = (camera: string | undefined) => (camera === undefined || cameras.length < 2 ? '' : camera);
  return [
    { title: wording.say('vehicles'), value: wording.number(vehicles), note: compared('vehicles') },
    {
      title: wording.say('availability'),
      value: wording.percent(served),
      note: goneCamera(cameras, wording) ?? compared('availability'),
    },
    {
      title: wording.say('accuracy'),
      value: wording.number(worst?.f1 ?? null, 3),
      note:
        worst === undefined
          ? wording.say('notKnown')
          : [
              named(worst.camera),
              worst.f1Low === null ? '' : wording.say('atLeast', { low: wording.number(worst.f1Low, 3) }),
            ]
              .filter((text) => text !== '')
              .join(', '),
    },
    {
      title: wording.say('latency'),
      value: wording.with(slowest?.latencyP95 ?? null, 'ms'),
      note: named(slowest?.camera) || compared('latencyP95'),
    },
    {
      title: wording.say('withoutInference'),
      value: wording.percent(withoutInference(cameras)),
      note: compared('withoutInference'),
    },
    tenant === null
      ? {
          title: wording.say('energy'),
          value: wording.with(costs.energyWh, 'Wh'),
          note: costs.energyWh === null ? wording.say('noPower') : costOf(report, wording),
        }
      : { title: wording.say('traffic'), value: wording.bytes(costs.bytes), note: costOf(report, wording) },
  ];
}

/** The camera that was gone longest, where that is worth a word; null otherwise. */
function goneCamera(cameras: DailyReportPayload['cameras'], wording: ReportWording): string | null {
  const [gone] = cameras.filter(({ served }) => served !== null).sort((a, b) => a.served! - b.served!);
  if (gone === undefined || cameras.length < 2 || gone.served! >= LEAST_SERVED) return null;
  return `${gone.camera} ${wording.percent(gone.served)}`;
}

function costOf({ costs }: DailyReportPayload, wording: ReportWording): string {
  return costs.total === null
    ? ''
    : `${wording.say('cost')}: ${wording.number(costs.total, 4)} ${costs.currency}`.trim();
}

function withoutInference(cameras: DailyReportPayload['cameras']): number | null {
  let [all, inferred] = [0, 0];
  for (const { answers } of cameras) {
    for (const [origin, frames] of Object.entries(answers ?? {})) {
      all += frames;
      if (origin === 'inferred') inferred += frames;
    }
  }
  return all === 0 ? null : 1 - inferred / all;
}
