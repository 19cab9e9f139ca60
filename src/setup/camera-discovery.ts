import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { type FoundCamera, parseProbeMatch, probeFor } from './probe-match.js';

export interface CameraSearch {
  /** ms for which answers are waited for. */
  readonly patienceMs?: number;
  /** Where the probe goes; default: where cameras listen by the standard. */
  readonly to?: { readonly address: string; readonly port: number };
  /** Addresses of this machine from which it goes; default: each IPv4 address but loopback. */
  readonly from?: readonly string[];
}

const CAMERAS = { address: '239.255.255.250', port: 3702 };
/** A site has a dozen cameras: more answers are a fault, or somebody's joke. */
const MOST = 64;
/** Bytes of an answer that are looked at. */
const LONGEST_ANSWER = 16_384;

/**
 * Asks the networks of this machine for cameras (WS-Discovery, ONVIF) and waits for answers. A network where nothing can be
 * sent has none.
 *
 * @returns one entry a service address, by host
 */
export async function discoverCameras(options: CameraSearch = {}): Promise<FoundCamera[]> {
  const { patienceMs = 3000, to = CAMERAS, from = ownAddresses() } = options;
  const id = randomUUID();
  const found = new Map<string, FoundCamera>();
  const take = (bytes: Buffer): void => {
    const camera = parseProbeMatch(bytes.subarray(0, LONGEST_ANSWER).toString('utf8'), id);
    if (camera !== null && found.size < MOST) found.set(camera.service, camera);
  };
  const asked = await Promise.all(from.map((address) => ask(address, { to, probe: probeFor(id), take })));
  const sockets = asked.filter((socket) => socket !== null);
  if (sockets.length > 0) await new Promise((resolve) => setTimeout(resolve, patienceMs));
  for (const socket of sockets) socket.close();
  return [...found.values()].sort((one, other) => one.host.localeCompare(other.host, 'en', { numeric: true }));
}

interface Question {
  readonly to: { readonly address: string; readonly port: number };
  readonly probe: string;
  readonly take: (bytes: Buffer) => void;
}

/** @returns the socket that listens for answers; null where nothing can be sent from the address */
async function ask(address: string, { to, probe, take }: Question): Promise<Socket | null> {
  const socket = createSocket('udp4');
  try {
    socket.bind(0, address);
    await once(socket, 'listening');
    socket.on('message', take);
    // a camera that refuses is none
    socket.on('error', () => undefined);
    socket.setMulticastInterface(address);
    await new Promise<void>((resolve, reject) =>
      socket.send(probe, to.port, to.address, (error) => (error ? reject(error) : resolve())),
    );
    return socket;
  } catch {
    socket.close();
    return null;
  }
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
}
