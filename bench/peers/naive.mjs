// The detector as a Node script is commonly written: a session on the main thread with its default options, frames
// from ffmpeg over a pipe, sharp for the resize, one MQTT message per frame, one step after the other.
import mqtt from 'mqtt';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { frames, options, Results } from './clip.mjs';
import { decode, SIZE } from './yolox.mjs';

const given = options();
const { width, height } = given;
const session = await ort.InferenceSession.create(given.model);
const client = await mqtt.connectAsync(given.broker);
const results = new Results();

for await (const frame of frames(given)) {
  const resized = await sharp(frame.pixels, { raw: { width, height, channels: 3 } })
    .resize(SIZE, SIZE, { fit: 'contain', position: 'left top', background: { r: 114, g: 114, b: 114 } })
    .raw()
    .toBuffer();
  const images = new ort.Tensor('float32', planarBgr(resized), [1, 3, SIZE, SIZE]);
  const { [session.outputNames[0]]: output } = await session.run({ [session.inputNames[0]]: images });
  client.publish('naive/detections', results.add(frame, decode(output.data, width, height)));
}
await client.endAsync();
results.save(given.results);

/** RGB bytes, interleaved, as BGR floats 0..255, plane by plane. */
function planarBgr(rgb) {
  const plane = SIZE * SIZE;
  const floats = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    floats[i] = rgb[i * 3 + 2];
    floats[plane + i] = rgb[i * 3 + 1];
    floats[2 * plane + i] = rgb[i * 3];
  }
  return floats;
}
