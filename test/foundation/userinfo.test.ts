import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodingAdvice, maskUserinfo, splitAddress } from '../../src/foundation/userinfo.js';
import { seeded } from '../seeded.js';

test('a user part ends with the last @ that can belong to it', () => {
  const parts = (url: string) => {
    const { userinfo, rest, ambiguous } = splitAddress(url)!;
    return [userinfo, rest, ambiguous];
  };
  assert.equal(parts('rtsp://admin:hunter2@cam/1'), ['admin:hunter2', 'cam/1', false]);
  assert.equal(parts('rtsp://admin:p@ss@cam/1'), ['admin:p@ss', 'cam/1', false]);
  assert.equal(parts('rtsp://admin:pa:ss@[2001:db8::1]:554/1'), ['admin:pa:ss', '[2001:db8::1]:554/1', false]);
  assert.equal(parts('srt://h@cam:9000?mode=caller'), ['h', 'cam:9000?mode=caller', false]);
  assert.equal(parts('http://u:50%off@cam/x'), ['u:50%off', 'cam/x', false]);
  assert.equal(parts('udp://@239.0.0.1:1234'), ['', '239.0.0.1:1234', false]);
  assert.is(splitAddress('/data/a:b@c.mp4'), null);
  assert.is(splitAddress('images:night@5'), null);
});

test('what nobody can tell from the path is ambiguous', () => {
  for (const password of [
    '12345#abc',
    '12345/abc',
    '1?2',
    'p@ss#%/w:rd',
    'p@ss.w/ord',
    'my pass',
    'a\\b',
    '%41%',
    'a://b',
  ]) {
    for (const scheme of ['rtsp', 'rtsps', 'http', 'https', 'rtmp', 'srt', 'tcp', 'udp', 'mqtts', 'wss', 'postgres']) {
      const split = splitAddress(`${scheme}://admin:${password}@cam.example/1?a=b`)!;
      assert.equal([split.userinfo, split.ambiguous], [`admin:${password}`, true], password);
    }
  }
});

test('an @ in a path or a query is none of a user part where the host is certain, or nothing before it is a password', () => {
  for (const url of [
    'http://192.0.2.1:8080/a:b@c',
    'http://localhost/x@y',
    'rtsp://[fe80::1%25eth0]:554/x@y',
    'http://cam.example/user@site.example/x',
    'http://cam/x.cgi?mail=a@b.example',
    'http://host:8080/logo@2x.png',
    'http://proxy/frame.jpg?src=rtsp://192.0.2.1/1',
    'rtsp://cam:554/stream@1',
    'file:///data/a:b@c/film.mp4',
    'sim://road?seed=1@2',
  ]) {
    assert.is(splitAddress(url)!.userinfo, '', url);
    assert.is(maskUserinfo(url), url);
  }
});

test('the advice names the characters and how to write them, and nothing else', () => {
  assert.is(encodingAdvice('admin:12345#abc'), '# as %23');
  assert.is(
    encodingAdvice('admin:p@s s#%/w:rd\\'),
    'a blank as %20, # as %23, % as %25, / as %2F, @ as %40, \\ as %5C',
  );
});

test('user parts are masked in the words of other programs', () => {
  const cases = [
    ['[rtsp @ 0x1] rtsp://admin:12345#abc@cam/1: 401', '[rtsp @ 0x1] rtsp://***@cam/1: 401'],
    ['rtsp://admin:my p@ss word@cam/1 and more', 'rtsp://***@cam/1 and more'],
    ['rtsp://ad min:pass@cam/1', 'rtsp://***@cam/1'],
    ['from "http://a:b@h/1" to "mqtt://c:d/e@f"', 'from "http://***@h/1" to "mqtt://***@f"'],
    ["connect 'postgres://u:p@ss/w@db:5432/x'", "connect 'postgres://***@db:5432/x'"],
    ['{"url":"rtsp://u:p@h/","mail":"a@b"}', '{"url":"rtsp://***@h/","mail":"a@b"}'],
    ['rtsp://u:p@[2001:db8::1]:554/x', 'rtsp://***@[2001:db8::1]:554/x'],
    ['?src=rtsp%3A%2F%2Fu%3Ahunter2%40cam%2Fx&a=1', '?src=rtsp%3A%2F%2F***%40cam%2Fx&a=1'],
    ['no such file: admin:hunter2@192.0.2.1/cam', 'no such file: ***@192.0.2.1/cam'],
    ['a\nrtsp://u:p w@h/x\nb@c', 'a\nrtsp://***@h/x\nb@c'],
  ];
  for (const [text, masked] of cases) assert.is(maskUserinfo(text!), masked);
});

test('no password whatsoever is seen in a text around its address', () => {
  const random = seeded(11);
  const among = (text: string | readonly string[]): string => text[Math.floor(random() * text.length)]!;
  const awkward = ' !"#$%&\'()*+,/:;<=>?@[\\]^`{|}~a0äß';
  for (let i = 0; i < 5000; i++) {
    const middle = Array.from({ length: 7 }, () => among(awkward)).join('');
    const host = among(['cam.example', '192.0.2.7:554', 'cam', '[2001:db8::1]:554', 'cam:8554']);
    const address = `${among(['rtsp', 'https', 'srt', 'mqtts'])}://${among(['admin', 'a.b@c.de'])}:QQ${middle}WW@${host}/live/1`;
    for (const text of [address, `cannot read ${address}: refused`, `a ${address} b http://x.example/y c`]) {
      assert.not.match(maskUserinfo(text), /QQ|WW/, text);
    }
    assert.is(splitAddress(address)!.rest, `${host}/live/1`);
  }
});

test('words behind an address are none of its user part', () => {
  for (const text of [
    'cannot read rtsp://192.0.2.1/x; write to a@b.example',
    'mqtts://broker.example:8883 refused, write to a@b.example',
    'at 12:30:05 a@b.example',
  ]) {
    assert.is(maskUserinfo(text), text);
  }
});

test.run();
