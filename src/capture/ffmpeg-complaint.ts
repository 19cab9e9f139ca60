/*
 * What ffmpeg says of pictures that it decodes all the same (wording of ffmpeg 4.1 to 7):
 *   [h264 @ 0x…] [error] error while decoding MB 22 14, bytestream -5         (any decoder has its own words)
 *   [h264 @ 0x…] [info] concealing 315 DC, 315 AC, 315 MV errors in P frame
 *   [hevc @ 0x…] [error] Could not find ref with POC 12
 *   [rtsp @ 0x…] [warning] RTP: missed 7 packets
 *   [warning] rtsp://…: corrupt decoded frame in stream 0                     (7: [vist#0:0/h264 @ 0x…])
 */
const BY_DECODER =
  /^\[(?:h26[1-5]|hevc|mjpeg|jpegls|mpeg[124]\w*|mpegvideo|vp[6-9]|av1|libdav1d|msmpeg4\w*|vc1|wmv\d|svq\d|flv)\w* @ [^\]]*\] \[(?:error|fatal)\] /;
const BY_ANYBODY = new RegExp(
  [
    'corrupt decoded frame',
    'concealing \\d+ DC',
    'Missing reference picture',
    'RTP: missed -?\\d+ packets',
    'max delay reached\\. need to consume packet',
    'Packet corrupt',
    'Error while decoding stream',
    'Error submitting packet to decoder',
    'overread \\d+',
    'Dequeued v4l2 buffer contains corrupted data',
  ].join('|'),
);
/** Of cameras whose pictures are perfect: careless headers, which decoders complain about at every picture. */
const ABOUT_NOTHING =
  /SEI|APP fields|APPx|EOI missing|no frame!|number of reference frames .* exceeds max|mmco:|deprecated|reorder buffer|VUI|unknown marker/i;

/** Whether a line of ffmpeg's complains about a picture: part of it may be smeared, grey or old. */
export function isComplaint(line: string): boolean {
  return (BY_DECODER.test(line) || BY_ANYBODY.test(line)) && !ABOUT_NOTHING.test(line);
}

const LOST = /Error while decoding stream|Error submitting packet to decoder/;

/** Whether a complaint says that a picture could not be decoded at all, so that none comes of it. */
export function tellsLoss(complaint: string): boolean {
  return LOST.test(complaint);
}
