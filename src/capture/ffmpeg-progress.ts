/*
 * How far ffmpeg got, from its stderr (wording of ffmpeg 4.1 to 7):
 *   [tcp @ 0x…] [verbose] Starting connection attempt to 10.0.0.2 port 554
 *   [tcp @ 0x…] [verbose] Successfully connected to 10.0.0.2 port 554
 *   [rtsp @ 0x…] [verbose] SDP:                          its lines follow, such as m=video 0 RTP/AVP 96
 *   [info] Input #0, rtsp, from 'rtsp://…':
 */
const ATTEMPT = /Starting connection attempt to (\S+) port (\d+)/;
const CONNECTED = /Successfully connected to (\S+) port (\d+)/;
const DESCRIPTION = /\] SDP:$/;
const TRACK = /^m=(\w+) /;
const OPENED = /^\[info\] Input #0, /;

/** Watches how far ffmpeg gets before its first picture, to say what is missing should nothing more come. */
export class FfmpegProgress {
  #tracks: string[] | null = null;
  #reason: string | null = null;

  /** What is missing for a picture, in plain words; null before anything was tried. */
  get reason(): string | null {
    const tracks = this.#tracks ?? [];
    if (tracks.length === 0 || tracks.includes('video')) return this.#reason;
    return `it offers no video, only ${[...new Set(tracks)].join(' and ')}: take the path of its video`;
  }

  line(line: string): void {
    const [, kind] = TRACK.exec(line) ?? [];
    if (kind !== undefined) this.#tracks?.push(kind);
    if (DESCRIPTION.test(line)) {
      this.#tracks = [];
      this.#reason = 'it described its stream, and has sent nothing of it since';
    }
    const [, host, port] = ATTEMPT.exec(line) ?? [];
    if (host !== undefined) this.#reason = `${host} does not take connections at port ${port}, nor refuse them`;
    const [, peer, door] = CONNECTED.exec(line) ?? [];
    if (peer !== undefined) this.#reason = `${peer} took the connection at port ${door}, and has said nothing since`;
    if (OPENED.test(line)) this.#reason = 'its stream is open, and no picture has come';
  }
}
