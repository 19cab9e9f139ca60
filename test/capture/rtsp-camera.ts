import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The NAL units of one picture, without start codes. */
type Picture = readonly Buffer[];

const [SPS, PPS, ACCESS_UNIT] = [7, 8, 9];
const MOST_PAYLOAD = 1400;

export interface RtspCameraOptions {
  /** Annex B H.264 with access unit delimiters (x264's `aud=1`); begins again at its end. */
  readonly film: string;
  /** pictures/s */
  readonly fps: number;
  /** The picture that is on the air when the camera starts; default 0. */
  readonly from?: number;
  /** What a request is refused with, such as `404 Not Found`; undefined where it is answered. */
  readonly refuse?: (method: string, transport: string) => string | undefined;
  /** Tracks of the description besides the picture's; `only` where there is no picture. */
  readonly audio?: 'too' | 'only';
  /** No parameter sets in the description: they come before each key frame. */
  readonly withoutParameters?: boolean;
  /** RTP packets that get lost on the way, by number since the session began. */
  readonly lose?: (packet: number) => boolean;
  /** Says nothing more after this many pictures of a session, and keeps the connection: a pulled cable. 0: never answers. */
  readonly silentAfter?: number;
  /** A picture is about to be sent, by number since the film's start. */
  readonly onPicture?: (index: number) => void;
}

/** A camera for trials: RTSP on loopback, pictures over TCP or UDP. Whoever comes gets what is on the air, key frame or not. */
export class RtspCamera {
  readonly #options: RtspCameraOptions;
  readonly #pictures: readonly Picture[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #datagrams = createSocket('udp4').unref();
  /** Where the sessions that take UDP want their packets. */
  readonly #clientPorts = new Map<Socket, number>();
  #born = 0;

  private constructor(options: RtspCameraOptions) {
    this.#options = options;
    this.#pictures = picturesOf(readFileSync(options.film));
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async start(options: RtspCameraOptions): Promise<RtspCamera> {
    const camera = new RtspCamera(options);
    await once(camera.#server.listen(0, '127.0.0.1'), 'listening');
    camera.#born = performance.now();
    return camera;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `rtsp://127.0.0.1:${this.port}/cam`;
  }

  /** Connections that are open now. */
  get connections(): number {
    return this.#sockets.size;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    this.#datagrams.close();
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        // what a player tells about reception, `$` and binary, may come between two requests
        const request = /(?:OPTIONS|DESCRIBE|SETUP|PLAY|TEARDOWN|GET_PARAMETER) [\s\S]*$/.exec(text.slice(0, end))?.[0];
        text = text.slice(end + 4);
        if (request !== undefined && this.#options.silentAfter !== 0) this.#answer(socket, request);
      }
    });
  }

  #answer(socket: Socket, request: string): void {
    const method = request.split(' ', 1)[0]!;
    const header = (name: string) => new RegExp(`^${name}: *(.*)$`, 'im').exec(request)?.[1]?.trim() ?? '';
    const transport = header('Transport');
    const refused = this.#options.refuse?.(method, transport);
    const lines = [`RTSP/1.0 ${refused ?? '200 OK'}`, `CSeq: ${header('CSeq')}`];
    let body = '';
    if (refused?.startsWith('401')) lines.push('WWW-Authenticate: Basic realm="cam"');
    else if (method === 'OPTIONS') lines.push('Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER');
    else lines.push('Session: 12345678;timeout=60');
    if (method === 'SETUP' && !refused) {
      const [, clientPort] = /client_port=(\d+)/.exec(transport) ?? [];
      if (clientPort !== undefined) this.#clientPorts.set(socket, Number(clientPort));
      lines.push(`Transport: ${transport}${clientPort === undefined ? '' : ';server_port=9-10'}`);
    }
    if (method === 'DESCRIBE' && !refused) {
      body = this.#description();
      lines.push('Content-Type: application/sdp', `Content-Base: ${this.url}/`, `Content-Length: ${body.length}`);
    }
    socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`);
    if (method === 'PLAY' && !refused) void this.#play(socket);
  }

  #description(): string {
    const { audio, withoutParameters, fps } = this.#options;
    const lines = ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=cam', 't=0 0', 'a=control:*'];
    if (audio) lines.push('m=audio 0 RTP/AVP 0', 'a=rtpmap:0 PCMU/8000', 'a=control:sound');
    if (audio === 'only') return `${lines.join('\r\n')}\r\n`;
    const [sps, pps] = [SPS, PPS].map((type) => this.#pictures.flat().find((unit) => typeOf(unit) === type)!);
    const sets = withoutParameters ? '' : `;sprop-parameter-sets=${sps!.toString('base64')},${pps!.toString('base64')}`;
    const level = sps!.toString('hex', 1, 4);
    lines.push('m=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000', `a=framerate:${fps}`, 'a=control:picture');
    lines.push(`a=fmtp:96 packetization-mode=1;profile-level-id=${level}${sets}`);
    return `${lines.join('\r\n')}\r\n`;
  }

  async #play(socket: Socket): Promise<void> {
    const { fps, from = 0, lose = () => false, silentAfter = Infinity, onPicture } = this.#options;
    const first = Math.ceil(((performance.now() - this.#born) * fps) / 1000) + from;
    let packets = 0;
    for (let index = first; index < first + silentAfter; index++) {
      await sleep(this.#born + ((index - from) * 1000) / fps - performance.now());
      if (socket.destroyed) return;
      onPicture?.(index);
      const picture = this.#pictures[index % this.#pictures.length]!;
      for (const { payload, last } of packetsOf(picture)) {
        const packet = packets++;
        if (lose(packet)) continue;
        this.#send(socket, rtpPacket(packet, Math.round((index * 90_000) / fps), last, payload));
      }
    }
  }

  #send(socket: Socket, packet: Buffer): void {
    const clientPort = this.#clientPorts.get(socket);
    if (clientPort === undefined) socket.write(interleaved(packet));
    else this.#datagrams.send(packet, clientPort, '127.0.0.1');
  }
}

const typeOf = (unit: Buffer): number => unit[0]! & 31;

function picturesOf(bytes: Buffer): Picture[] {
  const pictures: Buffer[][] = [];
  for (const unit of unitsOf(bytes)) {
    if (typeOf(unit) === ACCESS_UNIT) pictures.push([]);
    else pictures.at(-1)!.push(unit);
  }
  return pictures;
}

function* unitsOf(bytes: Buffer): Iterable<Buffer> {
  const start = Buffer.from([0, 0, 1]);
  for (let at = bytes.indexOf(start); at >= 0; ) {
    const next = bytes.indexOf(start, at + 3);
    let end = next < 0 ? bytes.length : next;
    while (bytes[end - 1] === 0) end--;
    yield bytes.subarray(at + 3, end);
    at = next;
  }
}

/** RFC 6184: a unit in one packet where it fits, otherwise in fragments (FU-A). */
function* packetsOf(picture: Picture): Iterable<{ payload: Buffer; last: boolean }> {
  for (const [index, unit] of picture.entries()) {
    const lastUnit = index === picture.length - 1;
    if (unit.length <= MOST_PAYLOAD) {
      yield { payload: unit, last: lastUnit };
      continue;
    }
    for (let at = 1; at < unit.length; at += MOST_PAYLOAD - 2) {
      const end = Math.min(unit.length, at + MOST_PAYLOAD - 2);
      const marks = (at === 1 ? 0x80 : 0) | (end === unit.length ? 0x40 : 0) | typeOf(unit);
      const payload = Buffer.concat([Buffer.from([(unit[0]! & 0xe0) | 28, marks]), unit.subarray(at, end)]);
      yield { payload, last: lastUnit && end === unit.length };
    }
  }
}

/** RFC 3550 5.1. */
function rtpPacket(sequence: number, timestamp: number, last: boolean, payload: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head[0] = 0x80;
  head[1] = 96 | (last ? 0x80 : 0);
  head.writeUInt16BE(sequence & 0xffff, 2);
  head.writeUInt32BE(timestamp >>> 0, 4);
  head.writeUInt32BE(0x13579bdf, 8);
  return Buffer.concat([head, payload]);
}

/** RFC 2326 10.12: on channel 0 of the connection. */
function interleaved(packet: Buffer): Buffer {
  const head = Buffer.from([36, 0, 0, 0]); // $
  head.writeUInt16BE(packet.length, 2);
  return Buffer.concat([head, packet]);
}
