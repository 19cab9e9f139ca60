import { BlockBackground, CHANGED } from '../../src/answer/scene/block-background.js';
import { coverBlocks, maskBlocks } from '../../src/answer/scene/block-mask.js';
import { BLOCKS, emptySignature, GRID_HEIGHT, GRID_WIDTH } from '../../src/answer/scene/grid.js';
import { edges, type MovingRegion, MovingRegions } from '../../src/answer/scene/moving-regions.js';
import { SignatureReader } from '../../src/answer/scene/signature.js';
import { Tracks } from '../../src/answer/tracking/tracks.js';
import type { Frame } from '../../src/frame/frame.js';
import { answered, type Eye, KNOWN_AFTER_MS } from './answered.js';
import { type Box, ORANGE, picture, rect, SKY, svg, text, YELLOW } from './drawing.js';

/** Seconds in which a frame is looked for. */
const SECONDS = 40;

/** Of the regions that asked for an inference which then found a vehicle there, the one that was likeliest to be one. */
export async function drawRegion(url: string, eye: Eye): Promise<Buffer> {
  const background = new BlockBackground(maskBlocks([]));
  const regions = new MovingRegions();
  const signature = emptySignature();
  const changes = new Uint8Array(BLOCKS);
  const covered = new Uint8Array(BLOCKS);
  let tracks: Tracks | null = null;
  let reader: SignatureReader | null = null;
  let before = 0;
  let lastId = 0;
  let likeliest = 0;
  let best: { frame: Frame; overlay: string } | null = null;
  for await (const { frame, found, reason } of answered(url, SECONDS, eye)) {
    const { width, height } = frame;
    reader ??= new SignatureReader(width, height);
    tracks ??= new Tracks(eye.thresholds, frame, () => ++lastId);
    reader.read(frame.data, signature);
    tracks.advance(frame.sceneMs - before, frame);
    before = frame.sceneMs;
    background.changes(signature, frame.sceneMs, changes);
    covered.fill(0);
    coverBlocks(tracks.all(), width, height, 0, covered);
    regions.find(changes, covered);
    const seen = regions.regions;
    if (found !== null) {
      const unknown = tracks.unknown(found).map((row) => edges(found, row, frame));
      const hit = seen.find((region) => unknown.some((box) => overlap(region, box)));
      if (reason === 'region' && hit && hit.chance > likeliest && frame.sceneMs > KNOWN_AFTER_MS) {
        likeliest = hit.chance;
        best = { frame, overlay: regionOverlay(frame, changes, covered, hit) };
      }
      tracks.correct(found);
      tracks.anchor(frame);
      regions.resolve(unknown);
    }
    covered.fill(0);
    coverBlocks(tracks.output().detections, width, height, 0, covered);
    background.learn(signature, frame.sceneMs, covered, found !== null);
  }
  if (best === null) throw new Error(`no region asked for an inference in ${SECONDS} s of ${url}: choose another seed`);
  return picture(best.frame, best.overlay);
}

const overlap = (region: MovingRegion, [x1, y1, x2, y2]: Box): boolean =>
  x1 < region.right && x2 > region.left && y1 < region.bottom && y2 > region.top;

function regionOverlay({ width, height }: Frame, changes: Uint8Array, covered: Uint8Array, hit: MovingRegion): string {
  const [across, down] = [width / GRID_WIDTH, height / GRID_HEIGHT];
  const blocks: string[] = [];
  for (let i = 0; i < BLOCKS; i++) {
    const colour = changes[i] === CHANGED ? ORANGE : covered[i] ? SKY : null;
    const [x, y] = [i % GRID_WIDTH, Math.floor(i / GRID_WIDTH)];
    const fill = colour === null ? 'fill="none"' : `fill="${colour}" fill-opacity="${colour === SKY ? 0.25 : 0.55}"`;
    blocks.push(`<rect x="${x * across}" y="${y * down}" width="${across}" height="${down}" ${fill}/>`);
  }
  const box: Box = [hit.left * width, hit.top * height, hit.right * width, hit.bottom * height];
  const marks = [
    `<g stroke="#000" stroke-opacity="0.25" stroke-width="0.3">${blocks.join('')}</g>`,
    rect(box, YELLOW),
    text(box[0], box[1] - 9, `a vehicle? chance ${hit.chance.toFixed(2)}: an inference was asked for`, YELLOW),
    text(4, 4, 'blocks that are not as usual', ORANGE),
    text(4, 14, 'under and around known vehicles', SKY),
  ];
  return svg(width, height, marks.join(''));
}
