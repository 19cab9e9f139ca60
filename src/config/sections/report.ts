import { z } from '../../foundation/validate.js';
import { flag, int, text } from '../key-types.js';
import { REPORT_LANGUAGE_CODES } from '../report-languages.js';

/** `report`: what is told of each day and week once it is over. */
export const report = z.strictObject({
  daily: flag({
    description: 'Make a report of each day: `report/daily` over MQTT, pages and Markdown in `reports` of store.dir.',
  }).default(true),
  weekly: flag({ description: 'The same of each week, with trends and new levels: `report/weekly`.' }).default(true),
  timeZone: text({
    description:
      'In whose days and hours: an IANA name such as America/Santiago. Unset: the time zone of this machine.',
  })
    .refine(isTimeZone, 'expected the name of a time zone, such as Europe/Madrid')
    .optional(),
  afterMinutes: int(1, 720, {
    unit: 'min',
    description: 'How long after midnight a report is made.',
  }).default(15),
  makeUpDays: int(1, 60, {
    unit: 'days',
    description: 'How far back days are made up for after an outage.',
  }).default(14),
  keepDays: int(1, 3660, {
    unit: 'days',
    description: 'How long the files of a report stay; about 150 kB each with two cameras and both languages.',
  }).default(90),
  languages: z.array(z.enum(REPORT_LANGUAGE_CODES)).min(1).default(['en', 'es']).meta({
    description: 'In which languages the pages are written.',
  }),
  currency: z.string().max(8).default('').meta({
    description: 'Name of the currency of tune.costPerKwh and tune.costPerGb, as it is shown: EUR.',
  }),
});

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
