// The same work with transformers.js: its model loading, its image processor (resize, padding, channel order) and its
// tensors. Only YOLOX's boxes, which it does not know, are decoded by hand.
import { AutoModel, env, ImageProcessor, RawImage } from '@huggingface/transformers';
import mqtt from 'mqtt';
import { frames, options, Results } from '../clip.mjs';
import { decode, SIZE } from '../yolox.mjs';

/** YOLOX pads with grey at the right and below; the library's default is black. */
class YoloxImageProcessor extends ImageProcessor {
  pad_image(pixels, dims, size, padding) {
    return super.pad_image(pixels, dims, size, { ...padding, center: false, constant_values: 114 });
  }
}

const given = options();
const { width, height } = given;
env.allowRemoteModels = false;
const model = await AutoModel.from_pretrained(given.model, { dtype: 'fp32', device: 'cpu', local_files_only: true });
const processor = new YoloxImageProcessor({
  size: { shortest_edge: SIZE, longest_edge: SIZE },
  do_rescale: false,
  do_normalize: false,
  do_pad: true,
  pad_size: { width: SIZE, height: SIZE },
  do_flip_channel_order: true,
});
const client = await mqtt.connectAsync(given.broker);
const results = new Results();

for await (const frame of frames(given)) {
  const { pixel_values } = await processor(new RawImage(frame.pixels, width, height, 3));
  const { output } = await model({ images: pixel_values });
  client.publish('transformers/detections', results.add(frame, decode(output.data, width, height)));
}
await client.endAsync();
results.save(given.results);
