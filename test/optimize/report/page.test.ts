import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportMarkdown } from '../../../src/optimize/report/markdown.js';
import { reportPage } from '../../../src/optimize/report/page.js';
import { sampleOutcome, sampleReport } from './sample-report.js';

const EVIL = '<img src=x onerror=alert(1)>"\'&|`';

test('the page says first what to do and how it goes live', () => {
  const page = reportPage(sampleReport());
  assert.match(page, /<strong>Use int8-fused-416x256<\/strong>/);
  assert.match(page, /2\.50× as fast as fp32-416x256: 2\.00 ms instead of 5\.00 ms per frame/);
  assert.match(page, /edge-optimizer run --model junction --variant int8-fused-416x256/);
});

test('a variant that was refused stands there with its reason', () => {
  const page = reportPage(sampleReport());
  assert.match(page, /<td>int8-416x256<\/td><td class="left wide">F1 0\.612 is below 0\.97/);
  assert.match(reportMarkdown(sampleReport()), /\| int8-416x256 \| F1 0\.612 is below 0\.97/);
});

test('where nothing was let in, the page says to keep what there is', () => {
  const outcomes = sampleReport().outcomes.filter(({ verdict }) => verdict !== 'registered');
  const page = reportPage(sampleReport({ outcomes, recommended: null }));
  assert.match(page, /No variant is better than fp32-416x256: keep it/);
  assert.not.match(page, /edge-optimizer run/);
});

test('names of models, classes, layers, frames and files never become markup', () => {
  const base = sampleReport();
  const report = {
    ...base,
    model: EVIL,
    licence: EVIL,
    device: EVIL,
    classes: [EVIL, EVIL],
    notes: [EVIL],
    frames: { ...base.frames, from: EVIL },
    outcomes: [
      ...base.outcomes,
      sampleOutcome(EVIL, { reason: EVIL, verdict: 'refused', notes: [EVIL], madeBy: EVIL }),
    ],
    int8: { method: EVIL, scores: { [EVIL]: 1, b: 1 }, sensitivity: [{ ...base.int8!.sensitivity[0]!, node: EVIL }] },
    disagreements: [{ ...base.disagreements[0]!, frame: EVIL, variant: EVIL }],
  };
  const page = reportPage(report);
  assert.not.match(page, /<img/i);
  assert.not.match(page, /onerror=alert\(1\)>"/);
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/);
  const outsideCode = reportMarkdown(report).replace(/```[\s\S]*?```/g, '');
  assert.not.match(outsideCode, /(^|[^\\])<img/);
});

test('the page asks nothing of the network and runs nothing', () => {
  const page = reportPage(sampleReport());
  assert.not.match(page, /<script|<link|<iframe/i);
  const links = [...page.matchAll(/(?:href|src)="([^"]{0,24})/g)].map(([, address]) => address!);
  assert.ok(links.length > 0);
  assert.equal(
    links.filter((address) => !address.startsWith('data:') && !address.startsWith('#')),
    [],
  );
});

test('a picture shown twice stands in the page once', () => {
  const { disagreements } = sampleReport();
  const page = reportPage(sampleReport({ disagreements: [...disagreements, ...disagreements] }));
  assert.is([...page.matchAll(/data:image\/jpeg/g)].length, 1);
  assert.is([...page.matchAll(/<use href="#frame-0"/g)].length, 3);
});

test('a box that only one of the two models has is marked', () => {
  const page = reportPage(sampleReport());
  assert.is([...page.matchAll(/<rect class="lost"/g)].length, 1);
  assert.match(page, /<rect class="lost"[^>]*><title>truck 50 %<\/title>/);
  assert.is([...page.matchAll(/<rect class="both"/g)].length, 2);
});

test('labels add their columns', () => {
  const absolute = { metric: 'F1', set: '12 pictures', value: 0.5 };
  const ap = { ap50: 0.512, ap5095: 0.3, perClass: [{ name: 'car', ap50: 0.512, ap5095: 0.3, labels: 90 }], absolute };
  const base = sampleReport();
  const labelled = { parent: { ...ap, ap50: 0.52 }, variant: ap, images: 12 };
  const outcomes = base.outcomes.map((one) => (one.gate ? { ...one, ap, gate: { ...one.gate, labelled } } : one));
  const page = reportPage({ ...base, outcomes });
  assert.match(page, /<th>AP50<\/th><th>AP50:95<\/th>/);
  assert.match(page, /AP50 0\.512, fp32-416x256 has 0\.520 \(12 pictures\)/);
  assert.not.match(reportPage(base), /<th>AP50<\/th>/);
});

test('a variant of another size that is more accurate and no slower is named beside the fastest', () => {
  const accuracy = { metric: 'F1', relativeToFp32: 1.12 };
  const large = sampleOutcome('int8-640x384', {
    width: 640,
    height: 384,
    accuracy,
    speed: { p50Ms: 4, p95Ms: 5, speedup: 1.2 },
  });
  const slow = { ...large, id: 'fp32-640x384', speed: { p50Ms: 11, p95Ms: 12, speedup: 0.45 } };
  const page = reportPage(sampleReport({ outcomes: [...sampleReport().outcomes, large, slow] }));
  assert.match(page, /int8-640x384 keeps 1\.120 and is still 1\.20× as fast as fp32-416x256/);
  assert.not.match(reportPage(sampleReport()), /Where accuracy counts more/);
});

test('a layer of which nothing could be measured breaks no chart', () => {
  const base = sampleReport();
  const odd = { ...base.int8!.sensitivity[0]!, sqnrDb: Number.POSITIVE_INFINITY };
  assert.not.match(reportPage({ ...base, int8: { ...base.int8!, sensitivity: [odd] } }), /NaN|Infinity/);
});

test.run();
