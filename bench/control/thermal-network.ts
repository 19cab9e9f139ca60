import type { PlantDescription } from './plant-file.js';

/** Of the first body's temperature, °C, and the slowest one's rate, K/s: how much for each K of the slowest, W, K of the air. */
export interface RestResponse {
  readonly first: readonly [slow: number, watts: number, ambient: number];
  readonly rate: readonly [slow: number, watts: number, ambient: number];
}

/** Temperatures of up to three bodies that take heat in, pass it on and give it to the air. */
export class ThermalNetwork {
  /** °C, in the order of the file. */
  readonly temperatures: Float64Array;
  /** Index of the node with the most heat capacity: what a forecast over minutes is about. */
  readonly slowest: number;
  readonly #capacity: Float64Array;
  readonly #toAmbient: Float64Array;
  readonly #shares: Float64Array;
  /** Between any two, W/K, row by row; symmetric. */
  readonly #between: Float64Array;
  readonly #fanNode: number;
  readonly #fanSteps: readonly { from: number; wattsPerKelvin: number }[];
  readonly #fanHysteresis: number;
  readonly #flow: Float64Array;
  readonly #substeps: number;
  #fanStep = -1;

  constructor({ nodes, links, fan }: PlantDescription['thermal'], start: number) {
    const index = new Map(nodes.map(({ name }, i) => [name, i]));
    const n = nodes.length;
    this.temperatures = new Float64Array(n).fill(start);
    this.#capacity = Float64Array.from(nodes, (node) => node.joulesPerKelvin);
    this.slowest = this.#capacity.indexOf(Math.max(...this.#capacity));
    this.#toAmbient = Float64Array.from(nodes, (node) => node.wattsPerKelvinToAmbient);
    this.#shares = Float64Array.from(nodes, (node) => node.shareOfPower);
    this.#between = new Float64Array(n * n);
    for (const { between, wattsPerKelvin } of links) {
      const [a, b] = between.map((name) => index.get(name)!) as [number, number];
      this.#between[a * n + b]! += wattsPerKelvin;
      this.#between[b * n + a]! += wattsPerKelvin;
    }
    this.#fanNode = fan === null ? -1 : index.get(fan.node)!;
    this.#fanSteps = fan?.steps ?? [];
    this.#fanHysteresis = fan?.hysteresis ?? 0;
    this.#flow = new Float64Array(n);
    this.#substeps = this.#substepsFor1S();
  }

  /**
   * Lets a second pass.
   *
   * @param watts of the board, turned into heat at its nodes
   * @param ambient °C
   * @param fanShare how much of the fan's cooling works, 0..1
   */
  second(watts: number, ambient: number, fanShare: number): void {
    const blown = this.#blow() * fanShare;
    const n = this.temperatures.length;
    const dt = 1 / this.#substeps;
    for (let sub = 0; sub < this.#substeps; sub++) {
      for (let i = 0; i < n; i++) {
        const own = this.temperatures[i]!;
        const toAir = this.#toAmbient[i]! + (i === this.#fanNode ? blown : 0);
        let flow = watts * this.#shares[i]! - toAir * (own - ambient);
        for (let j = 0; j < n; j++) flow -= this.#between[i * n + j]! * (own - this.temperatures[j]!);
        this.#flow[i] = flow;
      }
      for (let i = 0; i < n; i++) this.temperatures[i]! += (dt * this.#flow[i]!) / this.#capacity[i]!;
    }
  }

  /**
   * What a minute or so comes to, while the fan stays at a step: the other bodies come to rest around the slowest one.
   * Everything is linear in the slowest body's temperature, the board's power and the air's temperature.
   *
   * @param fanWattsPerKelvin that it cools
   */
  restResponse(fanWattsPerKelvin: number): RestResponse {
    const at = (slow: number, watts: number, ambient: number) => {
      const rest = this.#restAround(slow, watts, ambient, fanWattsPerKelvin);
      return { first: rest[0]!, rate: this.#slowRate(rest, watts, ambient, fanWattsPerKelvin) };
    };
    const [ofSlow, ofWatts, ofAmbient] = [at(1, 0, 0), at(0, 1, 0), at(0, 0, 1)];
    return {
      first: [ofSlow.first, ofWatts.first, ofAmbient.first],
      rate: [ofSlow.rate, ofWatts.rate, ofAmbient.rate],
    };
  }

  #restAround(slow: number, watts: number, ambient: number, fanWattsPerKelvin: number): Float64Array {
    const n = this.temperatures.length;
    const held = this.slowest;
    const rest = new Float64Array(n).fill(slow);
    // Gauss-Seidel: a network of three is at rest after a few rounds
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < n; i++) {
        if (i === held) continue;
        const toAir = this.#toAmbient[i]! + (i === this.#fanNode ? fanWattsPerKelvin : 0);
        let conductance = toAir;
        let flow = watts * this.#shares[i]! + toAir * ambient;
        for (let j = 0; j < n; j++) {
          conductance += this.#between[i * n + j]!;
          flow += this.#between[i * n + j]! * rest[j]!;
        }
        rest[i] = flow / conductance;
      }
    }
    return rest;
  }

  /** K per second of the slowest body, the others given. */
  #slowRate(temperatures: Float64Array, watts: number, ambient: number, fanWattsPerKelvin: number): number {
    const n = temperatures.length;
    const i = this.slowest;
    const toAir = this.#toAmbient[i]! + (i === this.#fanNode ? fanWattsPerKelvin : 0);
    let flow = watts * this.#shares[i]! - toAir * (temperatures[i]! - ambient);
    for (let j = 0; j < n; j++) flow -= this.#between[i * n + j]! * (temperatures[i]! - temperatures[j]!);
    return flow / this.#capacity[i]!;
  }

  /** Step of the fan at so many °C of the first node, without regard to hysteresis; -1: it stands still. */
  fanStepAt(first: number): number {
    let step = -1;
    while (step + 1 < this.#fanSteps.length && first >= this.#fanSteps[step + 1]!.from) step++;
    return step;
  }

  fanWattsPerKelvin(step: number): number {
    return step < 0 ? 0 : this.#fanSteps[step]!.wattsPerKelvin;
  }

  #blow(): number {
    const first = this.temperatures[0]!;
    while (this.#fanStep + 1 < this.#fanSteps.length && first >= this.#fanSteps[this.#fanStep + 1]!.from)
      this.#fanStep++;
    while (this.#fanStep >= 0 && first < this.#fanSteps[this.#fanStep]!.from - this.#fanHysteresis) this.#fanStep--;
    return this.fanWattsPerKelvin(this.#fanStep);
  }

  /** Explicit steps are stable while none moves a node by more than its distance from the others. */
  #substepsFor1S(): number {
    const n = this.temperatures.length;
    const strongest = Math.max(0, ...this.#fanSteps.map(({ wattsPerKelvin }) => wattsPerKelvin));
    let fastest = 0;
    for (let i = 0; i < n; i++) {
      let conductance = this.#toAmbient[i]! + (i === this.#fanNode ? strongest : 0);
      for (let j = 0; j < n; j++) conductance += this.#between[i * n + j]!;
      fastest = Math.max(fastest, conductance / this.#capacity[i]!);
    }
    return Math.max(1, Math.ceil(fastest * 2));
  }
}
