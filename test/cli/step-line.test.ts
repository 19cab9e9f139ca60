import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StepLine } from '../../src/cli/step-line.js';

test('where nobody watches a terminal, every step is one line', () => {
  let text = '';
  const line = new StepLine('optimizing m', false, (piece) => {
    text += piece;
  });
  line.show({ what: 'running fp32', share: 0, leftMs: null });
  line.show({ what: 'int8: calibrating', share: 0.1, leftMs: 300_000 });
  line.show({ what: 'int8: min-max', share: 0.2, leftMs: 250_000 });
  line.show({ what: 'judging int8', share: 0.9, leftMs: 20_000 });
  line.stop();
  assert.is(text, '  0 %  running fp32\n 10 %  int8, 5 min left\n 90 %  judging int8, 20 s left\n');
});

test.run();
