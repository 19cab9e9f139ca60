import { readFile } from 'node:fs/promises';
import type { TrustSettings } from '../config/config.js';
import { SourceError } from '../foundation/errors.js';

/** What makes a camera's certificate good. */
export interface CameraTrust {
  /** Certificates (PEM) of whoever signed it, or of the camera itself, instead of those that this machine knows. */
  readonly caFile: string | null;
  /** SHA-256 of the one certificate that is taken, 64 lower-case hex digits; whatever name and dates it has. */
  readonly fingerprint: string | null;
  /** False: any certificate is taken. */
  readonly verify: boolean;
}

/** How a connection turned out, as far as its certificate is concerned. */
export interface PeerProof {
  /** As the camera's URL has it, port included: `cam.example:322` */
  readonly where: string;
  /** OpenSSL's word for what is wrong, `ERR_TLS_CERT_ALTNAME_INVALID` for another name; null: nothing is. */
  readonly fault: string | null;
  /** 64 lower-case hex digits. */
  readonly fingerprint: string;
  /** `CN=…` of who signed it. */
  readonly issuer: string;
  /** The names that it is for: `DNS:cam.example, IP Address:192.0.2.1`. */
  readonly names: string;
  /** Unix ms */
  readonly validFrom: number;
  readonly validTo: number;
}

/** Where nobody says otherwise. */
export const USUAL_TRUST: CameraTrust = { caFile: null, fingerprint: null, verify: true };

const SELF_SIGNED = ['DEPTH_ZERO_SELF_SIGNED_CERT'];
/** A clock before this was never set. */
const OLDEST_CLOCK = Date.UTC(2024, 0, 1);

/** How a camera is to prove who it is. */
export function trustOf({ tlsCaFile, tlsFingerprint, tlsVerify = true }: TrustSettings): CameraTrust {
  return { caFile: tlsCaFile ?? null, fingerprint: tlsFingerprint ? hexOf(tlsFingerprint) : null, verify: tlsVerify };
}

/** `AB:CD…` or `abcd…` → `abcd…` */
export function hexOf(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase();
}

/**
 * Read anew for each connection: a renewed file is used without a restart.
 *
 * @returns PEM; null where this machine's own authorities decide
 * @throws SourceError naming the file
 */
export async function authoritiesOf({ caFile }: CameraTrust): Promise<string | null> {
  if (caFile === null) return null;
  return readFile(caFile, 'utf8').catch((error: unknown) => {
    throw new SourceError(`tlsCaFile cannot be read from ${caFile}`, {}, error);
  });
}

/**
 * Why a certificate is not taken, with what to do; null where it is.
 *
 * @param now Unix ms, of this device's clock
 */
export function distrust(proof: PeerProof, trust: CameraTrust, now: number): string | null {
  if (!trust.verify) return null;
  if (trust.fingerprint !== null) return distrustOfPinned(proof, trust.fingerprint);
  if (proof.fault === null) return null;
  return `the certificate of ${proof.where} ${faultOf(proof, trust, now)}`;
}

function distrustOfPinned({ where, fingerprint }: PeerProof, pinned: string): string | null {
  if (fingerprint === pinned) return null;
  const why = 'the camera has a new certificate, or something else answers in its place';
  return `the certificate of ${where} has the fingerprint ${fingerprint}, expected ${pinned} (tlsFingerprint): ${why}`;
}

function faultOf(proof: PeerProof, trust: CameraTrust, now: number): string {
  const { fault, names, issuer } = proof;
  switch (fault) {
    case 'CERT_HAS_EXPIRED':
      return `expired on ${day(proof.validTo)}, and it is ${day(now)} by this device's clock: renew it in the camera, or ${pin(proof)}`;
    case 'CERT_NOT_YET_VALID':
      return `is valid from ${day(proof.validFrom)} only, and it is ${day(now)} by this device's clock: ${clockAdvice(proof, now)}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `is for ${names || 'no name at all'}: write that name into the URL, or ${pin(proof)}`;
    default: {
      const signer =
        fault !== null && SELF_SIGNED.includes(fault) ? 'itself' : `${issuer || 'nobody'}, which is unknown here`;
      const known = trust.caFile === null ? '' : `, nor is it in tlsCaFile (${trust.caFile})`;
      return `is signed by ${signer}${known} (${fault}): ${pin(proof)}; or ${fetching(proof)}`;
    }
  }
}

function clockAdvice(proof: PeerProof, now: number): string {
  return now < OLDEST_CLOCK ? 'set the clock (timedatectl)' : `check both clocks, or ${pin(proof)}`;
}

/** A certificate that was pinned may be anybody's: a person has to look once. */
function pin({ fingerprint }: PeerProof): string {
  return `if the camera itself shows the fingerprint ${fingerprint}, set it as tlsFingerprint (--tls-fingerprint)`;
}

function fetching({ where }: PeerProof): string {
  return `save it with "openssl s_client -connect ${where} </dev/null | openssl x509 > camera.pem" and set tlsCaFile: camera.pem (--tls-ca-file)`;
}

function day(unixMs: number): string {
  return Number.isFinite(unixMs) ? new Date(unixMs).toISOString().slice(0, 10) : 'an unknown day';
}
