import { type CreateDecoder, unreadable } from './decoder.js';

/**
 * YOLOv8 to v11: `[batch, 4 + classes, anchors]`: rows cx, cy, w, h in pixels of the input, then one row per class, 0..1.
 */
export const yolov8: CreateDecoder = (request, outputs) => {
  const classes = request.classes.length;
  const rows = 4 + classes;
  const output = outputs.find(({ dims }) => dims.length === 3 && dims[1] === rows);
  if (!output) throw unreadable('a yolov8 model', `[batch, ${rows}, anchors] (4 + ${classes} classes)`, outputs);
  const anchors = output.dims[2]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  const best = new Float32Array(anchors);
  const bestClass = new Uint16Array(anchors);
  return {
    reads: [output],
    anchors,
    overlapping: true,
    padded: false,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      best.fill(0);
      // Class by class, as it lies in memory.
      for (let c = 0; c < classes; c++) {
        const row = offset + (4 + c) * anchors;
        for (let i = 0; i < anchors; i++) {
          const score = data[row + i]!;
          if (score > best[i]!) {
            best[i] = score;
            bestClass[i] = c;
          }
        }
      }
      let peak = 0;
      for (let i = 0; i < anchors; i++) {
        const score = best[i]!;
        if (score > peak) peak = score;
        const classIndex = bestClass[i]!;
        if (!(score > 0 && score >= thresholds[classIndex]!)) continue;
        const cx = data[offset + i]!;
        const cy = data[offset + anchors + i]!;
        const halfWidth = data[offset + 2 * anchors + i]! / 2;
        const halfHeight = data[offset + 3 * anchors + i]! / 2;
        candidates.add(cx - halfWidth, cy - halfHeight, cx + halfWidth, cy + halfHeight, score, classIndex);
      }
      candidates.peak = peak;
    },
  };
};
