import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../src/diagnose/finding.js';
import { findingText, LANGUAGES } from '../../src/diagnose/languages/languages.js';
import type { FindingText } from '../../src/diagnose/languages/text.js';

const test = suite('languages');

const placeholders = (text: string | undefined): string[] => (text?.match(/\{[^}]*\}/g) ?? []).sort();

for (const [code, language] of Object.entries(LANGUAGES)) {
  test(`${code} has every word and text that English has, with the same values in it`, () => {
    assert.equal(Object.keys(language.words).sort(), Object.keys(LANGUAGES.en.words).sort());
    assert.equal(Object.keys(language.aim).sort(), Object.keys(LANGUAGES.en.aim).sort());
    assert.equal(Object.keys(language.findings).sort(), Object.keys(LANGUAGES.en.findings).sort());
    const theirs = language.findings as Record<string, FindingText>;
    for (const [key, text] of Object.entries<FindingText>(LANGUAGES.en.findings)) {
      for (const part of ['what', 'seen', 'means', 'remedy'] as const) {
        assert.equal(placeholders(theirs[key]?.[part]), placeholders(text[part]), `${code} ${key}.${part}`);
        assert.is(theirs[key]?.[part] === undefined, text[part] === undefined, `${code} ${key}.${part}`);
      }
    }
  });

  test(`every text of ${code} that says what something means says what to do`, () => {
    for (const [key, { means, remedy }] of Object.entries<FindingText>(language.findings))
      assert.is(means === undefined, remedy === undefined, `${code} ${key}`);
  });

  test(`every placeholder of ${code} is filled, whatever its name`, () => {
    for (const [key, text] of Object.entries<FindingText>(language.findings)) {
      const names = [
        ...Object.values(text)
          .join()
          .matchAll(/\{(\w+)\}/g),
      ].map((match) => match[1]!);
      const finding = {
        code: key,
        condition: 'fine',
        subject: null,
        values: Object.fromEntries(names.map((name) => [name, 'x'])),
      };
      assert.not.match(Object.values(findingText(finding as Finding, language)).join(), /\{\w+\}/, `${code} ${key}`);
    }
  });
}

test.run();
