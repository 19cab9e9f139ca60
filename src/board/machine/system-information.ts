/** What the device is, for people: it never changes while the program runs. */
export interface MachineIdentity {
  /** e.g. `Raspberry Pi Foundation Raspberry Pi 4 Model B Rev 1.4`; empty where nothing tells. */
  readonly model: string;
  /** e.g. `AMD EPYC`. */
  readonly cpu: string;
  /** e.g. `Debian GNU/Linux 12 (bookworm)`. */
  readonly os: string;
  readonly kernel: string;
  /** The hypervisor, or `container`; empty on bare metal. */
  readonly virtual: string;
}

/**
 * Reads once what the machine is. It starts some programs and takes half a second of other processes' time, which is why
 * nothing that changes is read this way; the package is loaded here, and not with the program.
 *
 * @returns null where the package fails
 */
export async function readIdentity(): Promise<MachineIdentity | null> {
  try {
    const { cpu, osInfo, system } = await import('systeminformation');
    const [machine, processor, os] = await Promise.all([system(), cpu(), osInfo()]);
    return {
      model: words(machine.manufacturer, machine.model, machine.version),
      cpu: words(processor.manufacturer, processor.brand),
      os: words(os.distro, os.release, os.codename === '' ? '' : `(${os.codename})`),
      kernel: os.kernel,
      virtual: machine.virtual ? (machine.virtualHost ?? 'unknown') : '',
    };
  } catch {
    return null;
  }
}

/** Makers put their placeholders where they have nothing to say. */
const PLACEHOLDER =
  /^(-|unknown|default string|to be filled by o\.?e\.?m\.?|system (product|manufacturer|version).*|n\/a)?$/i;

function words(...texts: (string | undefined)[]): string {
  const said = texts.map((text) => (text ?? '').trim()).filter((text) => !PLACEHOLDER.test(text));
  return [...new Set(said)].join(' ');
}
