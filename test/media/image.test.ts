import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeImage, encodeJpeg } from '../../src/media/image.js';

const red = () => {
  const rgb = new Uint8Array(40 * 20 * 3);
  for (let i = 0; i < rgb.length; i += 3) rgb[i] = 200;
  return rgb;
};

test('a picture survives being encoded and decoded', async () => {
  const { width, height, data } = await decodeImage(await encodeJpeg(red(), 40, 20, 95), 640);
  assert.equal([width, height, data.length], [40, 20, 2400]);
  assert.is(Math.abs(data[0]! - 200) < 6 && data[1]! < 6, true);
});

test('a wide picture is scaled down with its aspect and tells its own size', async () => {
  const picture = await decodeImage(await encodeJpeg(red(), 40, 20, 95), 10);
  assert.equal([picture.width, picture.height, picture.sourceWidth, picture.sourceHeight], [10, 5, 40, 20]);
  assert.is(picture.data.length, 150);
});

test('a picture is stretched to the shape that it should have, and scaled down in the same go', async () => {
  const sizes = async (maxWidth: number, aspect: number) => {
    const { width, height, sourceWidth, sourceHeight, data } = await decodeImage(jpeg, maxWidth, aspect);
    assert.is(data.length, width * height * 3);
    return [width, height, sourceWidth, sourceHeight];
  };
  const jpeg = await encodeJpeg(red(), 40, 20, 95);
  assert.equal(await sizes(640, 4), [80, 20, 80, 20]);
  assert.equal(await sizes(640, 1), [40, 40, 40, 40]);
  assert.equal(await sizes(10, 1), [10, 10, 40, 40]);
  assert.equal(await sizes(640, 2), [40, 20, 40, 20]);
});

test('grey pictures and pictures with transparency become RGB', async () => {
  // one transparent grey pixel as PNG
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';
  const { width, height, data } = await decodeImage(Buffer.from(png, 'base64'), 640);
  assert.equal([width, height, data.length], [1, 1, 3]);
});

test('bytes that are no picture, and half a picture, are refused', async () => {
  const jpeg = await encodeJpeg(red(), 40, 20, 95);
  for (const bytes of [Buffer.from('no picture'), new Uint8Array(0), jpeg.subarray(0, jpeg.length / 2)]) {
    const outcome = await decodeImage(bytes, 640).then(
      () => 'decoded',
      () => 'refused',
    );
    assert.is(outcome, 'refused');
  }
});

test('a picture that claims to be gigapixels is refused before it is decoded', async () => {
  const huge = await encodeJpeg(red(), 40, 20, 95);
  const at = huge.indexOf(Buffer.from([0xff, 0xc0]));
  huge.writeUInt16BE(60_000, at + 5);
  huge.writeUInt16BE(60_000, at + 7);
  const message = await decodeImage(huge, 640).catch((error: Error) => error.message);
  assert.match(String(message), 'it has more than 64 megapixels');
});

test('the quality sets the size of the file', async () => {
  const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * 7919) % 251);
  const [low, high] = [await encodeJpeg(noise, 64, 64, 20), await encodeJpeg(noise, 64, 64, 95)];
  assert.is(low.length < high.length, true);
});

test.run();
