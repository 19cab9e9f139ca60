import { type CreateDecoder, unreadable } from './decoder.js';

/** YOLOv10 and other end-to-end exports: `[batch, boxes, 6]`: x1, y1, x2, y2 in pixels of the input, score, class. */
export const yolov10: CreateDecoder = (request, outputs) => {
  const classes = request.classes.length;
  const output = outputs.find(({ dims }) => dims.length === 3 && dims[2] === 6);
  if (!output) throw unreadable('yolov10', '[batch, boxes, 6] (x1, y1, x2, y2, score, class)', outputs);
  const anchors = output.dims[1]!;
  const thresholds = Float32Array.from(request.scoreThresholds);
  return {
    reads: [output],
    anchors,
    overlapping: false,
    decode(slices, candidates) {
      const { data, offset } = slices[0]!;
      for (let row = offset; row < offset + anchors * 6; row += 6) {
        const score = data[row + 4]!;
        const classIndex = Math.round(data[row + 5]!);
        if (!(classIndex >= 0 && classIndex < classes && score > 0 && score >= thresholds[classIndex]!)) continue;
        candidates.add(data[row]!, data[row + 1]!, data[row + 2]!, data[row + 3]!, score, classIndex);
      }
    },
  };
};
