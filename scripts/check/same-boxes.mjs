// Whether two outputs of `edge-optimizer detect --json` name the same vehicles: node same-boxes.mjs ONE.jsonl OTHER.jsonl
import { readFileSync } from 'node:fs';

/** Pixels and score that two processors may differ by: they sum up in another order. */
const [PIXELS, SCORE] = [1, 0.01];

const [one, other] = process.argv.slice(2).map((file) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
);
let [boxes, pixels, score] = [0, 0, 0];
for (const [i, { picture, detections }] of one.entries()) {
  const theirs = other[i]?.detections ?? [];
  const [classes, otherClasses] = [detections, theirs].map((list) => list.map((box) => box.class).join());
  if (classes !== otherClasses) stop(`${picture}: ${classes} here, ${otherClasses} there`);
  for (const [j, { box, score: mine }] of detections.entries()) {
    boxes++;
    score = Math.max(score, Math.abs(mine - theirs[j].score));
    pixels = Math.max(pixels, ...box.map((side, k) => Math.abs(side - theirs[j].box[k])));
  }
}
if (boxes === 0) stop('nothing was found in either');
const difference = `${boxes} boxes, at most ${pixels.toFixed(1)} pixels and ${score.toFixed(3)} of score apart`;
if (pixels > PIXELS || score > SCORE) stop(difference);
console.log(difference);

function stop(message) {
  console.log(message);
  process.exit(1);
}
