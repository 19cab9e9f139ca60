import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { REPORT_LANGUAGE_CODES } from '../../src/config/report-languages.js';
import { RECOMMENDATIONS } from '../../src/report/advice/recommendation.js';
import { filledText, REPORT_LANGUAGES } from '../../src/report/languages/report-languages.js';
import { ReportWording } from '../../src/report/languages/report-wording.js';
import { happenedText } from '../../src/report/page/week-wording.js';
import { FIGURES, HEALTH_PARTS, OUTAGE_CAUSES } from '../../src/telemetry/mqtt/messages/daily-report.js';

const placeholders = (text: string): string[] => (text.match(/\{[^}]*\}/g) ?? []).sort();
const SECTIONS = ['words', 'causes', 'figures', 'healthParts', 'healthWords', 'happenings', 'units'] as const;

test('every language that may be configured is there', () => {
  assert.equal(Object.keys(REPORT_LANGUAGES), [...REPORT_LANGUAGE_CODES]);
});

for (const [code, language] of Object.entries(REPORT_LANGUAGES)) {
  test(`${code} has every text that English has, with the same values in it`, () => {
    for (const section of SECTIONS) {
      const [theirs, english] = [language[section], REPORT_LANGUAGES.en[section]] as Record<string, string>[];
      assert.equal(Object.keys(theirs!).sort(), Object.keys(english!).sort(), section);
      for (const [key, text] of Object.entries(english!)) {
        assert.equal(placeholders(theirs![key]!), placeholders(text), `${code} ${section} ${key}`);
        assert.ok(theirs![key]!.trim() !== '', `${code} ${section} ${key}`);
      }
    }
    for (const [key, { what, why }] of Object.entries(REPORT_LANGUAGES.en.recommendations)) {
      const theirs = language.recommendations[key as keyof typeof language.recommendations];
      assert.equal(placeholders(theirs.what), placeholders(what), `${code} ${key}`);
      assert.equal(placeholders(theirs.why), placeholders(why), `${code} ${key}`);
    }
  });

  test(`${code} has words for every figure, cause and recommendation`, () => {
    assert.equal(Object.keys(language.figures), [...FIGURES]);
    assert.equal(Object.keys(language.causes), [...OUTAGE_CAUSES]);
    assert.equal(Object.keys(language.healthParts), [...HEALTH_PARTS]);
    assert.equal(Object.keys(language.recommendations).sort(), [...RECOMMENDATIONS].sort());
  });
}

test('numbers and dates are those of the language', () => {
  const [en, es] = [REPORT_LANGUAGES.en, REPORT_LANGUAGES.es].map((one) => new ReportWording(one, 'Europe/Madrid'));
  const at = Date.parse('2026-11-27T22:30Z');
  assert.equal([en!.number(12345.67, 1), es!.number(12345.67, 1)], ['12,345.7', '12.345,7']);
  assert.equal([en!.percent(0.973), es!.percent(0.973)], ['97.3\u00a0%', '97,3\u00a0%']);
  assert.equal(
    [en!.longDate('2026-11-27'), es!.longDate('2026-11-27')],
    ['Friday, 27 November 2026', 'viernes, 27 de noviembre de 2026'],
  );
  assert.equal([en!.moment(at), es!.moment(at)], ['27 Nov 23:30', '27 nov 23:30']);
  assert.equal([en!.number(null), en!.percent(null), en!.bytes(null), en!.change(null)], ['–', '–', '–', '–']);
  assert.equal([en!.bytes(3 * 2 ** 20), es!.bytes(3 * 2 ** 20)], ['3.00 MiB', '3,00 MiB']);
  assert.is(en!.length(2 * 3_600_000 + 60_000), '2\u00a0h 1\u00a0min');
  assert.equal(
    ['>= 0.95', '4.20 ms', 'none', '-'].map((value) => es!.healthValue(value)),
    ['>= 0,95', '4,20 ms', 'no hay', '-'],
  );
  assert.is(filledText('{a} and {b}', { a: 1 }), '1 and {b}');
});

test('a length of time is rounded before it is divided', () => {
  const wording = new ReportWording(REPORT_LANGUAGES.en, 'UTC');
  const said = [59_600, 119_600, 3_599_900, 90_000].map((ms) => wording.length(ms).replaceAll('\u00a0', ' '));
  assert.equal(said, ['1 min', '2 min', '1 h', '1 min 30 s']);
});

test('an outage among what happened in a week has its words in each language', () => {
  const said = (['en', 'es'] as const).map((lang) =>
    happenedText({ at: 0, kind: 'outage', text: 'machine-off' }, new ReportWording(REPORT_LANGUAGES[lang], 'UTC')),
  );
  assert.match(said[0]!, /outage: machine was off$/);
  assert.match(said[1]!, /interrupción: la máquina estaba apagada$/);
});

test.run();
