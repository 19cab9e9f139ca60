import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ruleClassProblems } from '../../../src/events/rules/rule-classes.js';

const CLASSES = ['car', 'truck', 'bus'];

test('rules that name classes which the model does not report are told of, with what that means and what was meant', () => {
  const rules = [
    { id: 'lane', classes: ['trcuk', 'lorry'] },
    { id: 'part', classes: ['truck', 'van'] },
    { id: 'buses', except: ['buss'] },
    { id: 'well', classes: ['car'] },
    { id: 'all' },
  ];
  const [lane, part, buses, ...none] = ruleClassProblems(rules, CLASSES);
  assert.match(
    lane!,
    /^rule lane names trcuk \(did you mean truck\?\), lorry.* the rule concerns nobody; it reports car, truck, bus$/,
  );
  assert.match(part!, /^rule part names van.* nobody is concerned by that/);
  assert.match(buses!, /^rule buses names buss \(did you mean bus\?\).* nobody is excepted by that/);
  assert.equal(none, []);
});

test.run();
