import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { MjpegParser } from '../../src/capture/mjpeg-parser.js';
import { inserted, jpegPicture, jpegSegment, pngPicture, webpPicture } from '../media/encoded-pictures.js';

const jpeg = await jpegPicture();
const other = await jpegPicture({ quality: 40 });
const png = await pngPicture();
const webp = await webpPicture();
const EOI_BYTES = 2;

const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1');
const part = (body: Buffer, length: number | null = body.length, boundary = '--frame', type = 'image/jpeg') =>
  Buffer.concat([
    text(boundary, `Content-Type: ${type}`, ...(length === null ? [] : [`Content-Length: ${length}`]), '', ''),
    body,
    text('', ''),
  ]);

function parse(stream: Buffer[], chunkBytes: number, { announced = 'frame' as string | null, maxBytes = 50_000 } = {}) {
  const pictures: Buffer[] = [];
  const malformed: string[] = [];
  const parser = new MjpegParser(announced, maxBytes, {
    onPicture: (picture) => pictures.push(Buffer.from(picture)),
    onMalformed: (reason) => malformed.push(reason),
  });
  const bytes = Buffer.concat(stream);
  for (let at = 0; at < bytes.length; at += chunkBytes) parser.push(bytes.subarray(at, at + chunkBytes));
  parser.end();
  return { pictures, malformed, parser };
}

const everyChunking = [1, 7, 1460, 1_000_000];

const withBoundaryInside = inserted(
  jpeg,
  2,
  jpegSegment(0xfe, Buffer.from('\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n')),
);
const withThumbnail = inserted(jpeg, 2, jpegSegment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), other])));
const lf = (body: Buffer) =>
  Buffer.concat([Buffer.from('--frame\nContent-Type: image/jpeg\n\n'), body, Buffer.from('\n')]);

for (const [what, stream, announced = 'frame'] of [
  ['as it should be', [part(jpeg), part(other)]],
  ['without lengths', [part(jpeg, null), part(other, null)]],
  ['with lengths that are too small', [part(jpeg, 900), part(other, 900)]],
  ['with lengths that are too large', [part(jpeg, 9000), part(other, 9000)]],
  ['with lengths of 0', [part(jpeg, 0), part(other, 0)]],
  ['with a boundary that is announced with its dashes', [part(jpeg), part(other)], '--frame'],
  ['with a boundary without dashes', [part(jpeg, null, 'frame'), part(other, null, 'frame')]],
  ['with another boundary than announced', [part(jpeg, null, '--bar'), part(other, null, '--bar')]],
  ['with another boundary, without dashes', [part(jpeg, null, 'bar'), part(other, null, 'bar')]],
  ['with no boundary announced', [part(jpeg), part(other)], null],
  ['with a closing boundary before each part', [part(jpeg, null, '--frame--'), part(other, null, '--frame--')]],
  ['without a line break behind the boundary', [glued(jpeg), glued(other)]],
  ['with lines that end in LF', [lf(jpeg), lf(other)]],
  ['without a boundary before the first part', [part(jpeg).subarray(9), part(other)]],
  ['without headers', [bare(jpeg), bare(other)]],
  ['without a blank line behind the headers', [unspaced(jpeg), unspaced(other)]],
  ['without anything between the pictures', [jpeg, other]],
  ['with lines that are no headers', [odd(jpeg), odd(other)]],
  ['with a comment between the parts', [part(jpeg), text('# camera 3, ok', ''), part(other)]],
  ['with two pictures in one part', [part(Buffer.concat([jpeg, other]))]],
  ['with zeros behind each picture', [part(padded(jpeg)), part(padded(other))]],
  ['with a word now and then that all is well', [alive(), part(jpeg), alive(), alive(), part(other)]],
  [
    'as a stream within a part',
    [text('--outer', 'Content-Type: multipart/mixed; boundary=frame', '', ''), part(jpeg), part(other)],
    'outer',
  ],
] as [string, Buffer[], (string | null)?][]) {
  test(`pictures are found in a stream ${what}`, () => {
    for (const size of everyChunking) {
      const { pictures, malformed } = parse(stream, size, { announced });
      assert.equal(malformed, [], `chunks of ${size}`);
      assert.equal(pictures.length, 2, `chunks of ${size}`);
      assert.ok(pictures[0]!.equals(jpeg) && pictures[1]!.equals(other), `chunks of ${size}`);
    }
  });
}

for (const [what, picture] of Object.entries({
  'with the boundary in a comment': withBoundaryInside,
  'with a thumbnail': withThumbnail,
  'that is a PNG': png,
  'that is a WebP': webp,
})) {
  test(`a picture ${what} is one picture, with and without a length`, () => {
    for (const size of everyChunking) {
      for (const length of [picture.length, null]) {
        const { pictures, malformed } = parse([part(picture, length), part(jpeg)], size);
        assert.equal([pictures.length, malformed.length], [2, 0], `chunks of ${size}`);
        assert.ok(pictures[0]!.equals(picture) && pictures[1]!.equals(jpeg), `chunks of ${size}`);
      }
    }
  });
}

for (const [what, length] of [
  ['its right length', jpeg.length - EOI_BYTES],
  ['no length', null],
  ['a wrong length', 70],
] as const) {
  test(`a picture without its end marker ends before the next boundary: ${what}`, () => {
    const endless = jpeg.subarray(0, -EOI_BYTES);
    for (const size of everyChunking) {
      const { pictures } = parse([part(endless, length), part(other), part(endless, length)], size);
      assert.equal(pictures.length, 3, `chunks of ${size}`);
      assert.ok(pictures[0]!.equals(endless) && pictures[1]!.equals(other), `chunks of ${size}`);
    }
  });
}

test('a picture without an end marker is there as soon as the next part begins', () => {
  const pictures: number[] = [];
  const parser = new MjpegParser('frame', 50_000, {
    onPicture: ({ length }) => pictures.push(length),
    onMalformed: () => {},
  });
  parser.push(part(jpeg.subarray(0, -EOI_BYTES), null));
  assert.equal(pictures, []);
  parser.push(text('--frame', ''));
  assert.equal(pictures, [jpeg.length - EOI_BYTES]);
});

test('a picture that is cut off costs no other', () => {
  for (const size of everyChunking) {
    for (const cut of [100, 900, 1500]) {
      const { pictures } = parse([part(jpeg.subarray(0, cut), cut), part(other), part(jpeg)], size);
      assert.equal(
        pictures.map(({ length }) => length),
        [cut, other.length, jpeg.length],
        `cut at ${cut}, chunks of ${size}`,
      );
    }
    const { pictures } = parse([part(jpeg.subarray(0, 1500), null), part(other, null)], size);
    assert.equal(
      pictures.map(({ length }) => length),
      [1500, other.length],
      `chunks of ${size}`,
    );
  }
});

test('a picture that leads smaller versions of itself in its part is one picture', () => {
  const leader = inserted(jpeg, 2, jpegSegment(0xe2, Buffer.from('MPF\0MM\0*')));
  for (const size of everyChunking) {
    const { pictures, malformed } = parse(
      [part(Buffer.concat([leader, other])), part(Buffer.concat([leader, other, other])), part(jpeg)],
      size,
    );
    assert.equal(
      pictures.map(({ length }) => length),
      [leader.length, leader.length, jpeg.length],
      `chunks of ${size}`,
    );
    assert.equal(malformed, []);
  }
});

test('no picture is lost where one begins at the very start of many that came together', () => {
  const large = inserted(jpeg, 2, jpegSegment(0xfe, Buffer.alloc(20_000)));
  const glued = [large, large, other, large];
  const twoInOne = [part(Buffer.concat([large, other])), part(Buffer.concat([large, other]))];
  const cutOff = [part(large, null).subarray(0, -300), part(large), part(other)];
  for (const size of everyChunking) {
    const lengths = (stream: Buffer[]) => parse(stream, size).pictures.map(({ length }) => length);
    assert.equal(lengths(glued), [large.length, large.length, other.length, large.length], `chunks of ${size}`);
    assert.equal(lengths(twoInOne), [large.length, other.length, large.length, other.length], `chunks of ${size}`);
    assert.equal(lengths(cutOff).slice(-2), [large.length, other.length], `chunks of ${size}`);
  }
});

test('a picture that is too long is left out, and the next is found', () => {
  const long = inserted(
    jpeg,
    2,
    Buffer.concat([jpegSegment(0xfe, Buffer.alloc(30_000)), jpegSegment(0xfe, Buffer.alloc(30_000))]),
  );
  for (const size of everyChunking) {
    for (const length of [long.length, null]) {
      const { pictures, malformed } = parse([part(long, length), part(jpeg)], size, { maxBytes: 20_000 });
      assert.equal(
        pictures.map((picture) => picture.length),
        [jpeg.length],
        `chunks of ${size}`,
      );
      assert.equal(malformed, ['a picture of more than 20000 bytes was refused (capture.maxImageBytes)']);
    }
  }
});

test('a part that says to be a picture and is none is malformed, one of text is not', () => {
  for (const size of everyChunking) {
    const none = Buffer.from('no picture');
    const { pictures, malformed } = parse([part(none), alive(), part(none, 5), part(jpeg)], size);
    assert.is(pictures.length, 1);
    assert.equal(malformed, ['a part of image/jpeg holds no picture', 'a part of image/jpeg holds no picture']);
  }
});

test('where no picture comes it says what does', () => {
  const { parser } = parse([part(Buffer.from('GIF89a…'), null, '--bar', 'image/gif')], 1000, { announced: 'foo' });
  assert.is(
    parser.problem,
    '45 bytes came without a picture among them, the last part is image/gif; boundary announced: "foo", seen: "--bar"; ' +
      'what came first: text ("--bar Content-Type: image/gif GIF89a…")',
  );
  assert.is(parser.fruitlessBytes, 45);
  parser.push(text('--bar', 'Content-Type: image/gif', '', ''));
  assert.match(
    parser.problem,
    /^79 bytes came without a picture among them: a part of image\/gif holds no picture, the last/,
  );
});

test('between two pictures nothing is missing, but where only words come it is', () => {
  const { parser } = parse([part(jpeg), text('--frame', 'Content-Type: image/jpeg', '', '')], 1000);
  assert.is(parser.fruitlessBytes, 0);
  parser.push(alive());
  assert.ok(parser.fruitlessBytes > 0);
  assert.match(parser.problem, 'without a further picture among them');
});

test('of endless bytes without a picture little is kept', () => {
  const before = process.memoryUsage().arrayBuffers;
  const parser = new MjpegParser('frame', 50_000, { onPicture: () => {}, onMalformed: () => {} });
  const chunk = Buffer.alloc(1 << 20, 'x');
  for (let megabytes = 0; megabytes < 64; megabytes++) parser.push(chunk);
  assert.is(parser.fruitlessBytes, 64 << 20);
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 << 20);
});

function glued(body: Buffer): Buffer {
  return Buffer.concat([text('--frameContent-Type: image/jpeg', '', ''), body, text('', '')]);
}

function bare(body: Buffer): Buffer {
  return Buffer.concat([text('--frame', '', ''), body, text('', '')]);
}

function unspaced(body: Buffer): Buffer {
  return Buffer.concat([text('--frame', 'Content-Type: image/jpeg', ''), body, text('', '')]);
}

function odd(body: Buffer): Buffer {
  const lines = [
    '--frame',
    ': *',
    'Access-Control-Allow-Origin; Content-Type: text/html',
    'Content-Type: image/jpeg',
    '',
    '',
  ];
  return Buffer.concat([text(...lines), body, text('', '')]);
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc(100)]);
}

function alive(): Buffer {
  return part(Buffer.from('still here'), 10, '--frame', 'text/plain');
}

test.run();
