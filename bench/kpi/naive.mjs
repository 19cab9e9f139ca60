// The naive script of the peers benchmark for the roadside models: a session on the main thread with its default
// options, frames from ffmpeg over a pipe, sharp for the resize, one MQTT message per frame, one step after the other.
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import * as ort from 'onnxruntime-node';
import sharp from 'sharp';
import { frames, Results } from '../peers/clip.mjs';
import { decode } from './roadside.mjs';

const { values } = parseArgs({ options: { task: { type: 'string' } } });
const task = JSON.parse(values.task);
const { model, broker, results, ffmpeg, picture, source, input, classes, reported } = task;
const session = await ort.InferenceSession.create(model);
const client = await mqtt.connectAsync(broker);
const answers = new Results();

// as the frames of the peers benchmark, but scaled by ffmpeg, and every picture of the clip once: that is `timing`
const filters = ['-vf', `scale=${picture.width}:${picture.height}`];
const { path, timing } = ffmpeg;

for await (const frame of frames({ ...task, ...picture, ffmpeg: path, filters, timing })) {
  const resized = await sharp(frame.pixels, { raw: { ...picture, channels: 3 } })
    .resize(input.width, input.height, {
      fit: 'contain',
      position: 'left top',
      background: { r: 114, g: 114, b: 114 },
    })
    .raw()
    .toBuffer();
  const images = new ort.Tensor('float32', planar(resized), [1, 3, input.height, input.width]);
  const { [session.outputNames[0]]: output } = await session.run({ [session.inputNames[0]]: images });
  client.publish('naive/detections', answers.add(frame, decode(output.data, classes, reported, input, source)));
}
await client.endAsync();
answers.save(results);

/** RGB bytes, interleaved, as floats 0..255, plane by plane. */
function planar(rgb) {
  const plane = input.width * input.height;
  const floats = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    floats[i] = rgb[i * 3];
    floats[plane + i] = rgb[i * 3 + 1];
    floats[2 * plane + i] = rgb[i * 3 + 2];
  }
  return floats;
}
