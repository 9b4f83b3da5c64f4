// Which units a unit reads, directly and through the layers before it: its receptive field.

// Kernel side and step over the layer it reads; from C5 on every unit reads all.
/** @type {Record<string, Layer>} */
const LAYERS = {
  input: { reads: "", maps: 1, rows: 32, columns: 32 },
  c1: { reads: "input", size: 5, step: 1, maps: 6, rows: 28, columns: 28 },
  s2: { reads: "c1", size: 2, step: 2, maps: 6, rows: 14, columns: 14 },
  c3: { reads: "s2", size: 5, step: 1, maps: 16, rows: 10, columns: 10 },
  s4: { reads: "c3", size: 2, step: 2, maps: 16, rows: 5, columns: 5 },
  c5: { reads: "s4", size: 5, step: 1, units: 120, columns: 6 },
  f6: { reads: "c5", units: 84, columns: 7 },
  output: { reads: "f6", units: 10, columns: 1 },
  softmax: { reads: "output", units: 10, columns: 1 },
};

/** @type {Record<string, string>} */
export const TITLES = { input: "Input", c1: "C1", s2: "S2", c3: "C3", s4: "S4", c5: "C5", f6: "F6" };

/** @type {number[][]} */
let table = []; // Table I: for each C3 map the S2 maps it reads
export let amplitude = NaN; // of the squashing function, and of the colour scale of all maps

// Both are Python's (lenet.model).
/** @param {{ table: number[][], amplitude: number }} network */
export function setNetwork(network) {
  ({ table, amplitude } = network);
}

/** @param {string} name */
export const layerOf = (name) => LAYERS[name];

// Where a unit stands in its layer's pictures: { map, row, column }. Layers without maps are one picture.
/** @param {string} name @param {number[]} unit */
export function place(name, unit) {
  if (unit.length === 3) return { map: unit[0], row: unit[1], column: unit[2] };
  const { columns } = LAYERS[name];
  return { map: 0, row: Math.floor(unit[0] / columns), column: unit[0] % columns };
}

// The unit at a place of a layer's pictures; the other way round.
/** @param {string} name @param {ReturnType<typeof place>} place */
export function unitAt(name, { map, row, column }) {
  const { units, columns } = LAYERS[name];
  return units ? [row * columns + column] : [map, row, column];
}

// In words: "C1 map 2, row 3, column 5", counted from 0 as the paper counts maps.
/** @param {string} name @param {number[]} unit */
export function words(name, unit) {
  if (name === "input") return `Input, row ${unit[1]}, column ${unit[2]}`;
  if (name === "output") return `Logit of ${unit[0]}`;
  if (name === "softmax") return `Probability of ${unit[0]}`;
  if (unit.length === 1) return `${TITLES[name]} unit ${unit[0]}`;
  return `${TITLES[name]} map ${unit[0]}, row ${unit[1]}, column ${unit[2]}`;
}

// The unit that a text names, such as "c3.5.2.7" or "f6.40"; RangeError for none.
/** @param {string} text */
export function unitNamed(text) {
  const [name, ...numbers] = text.split(".");
  const { reads, units, maps, rows, columns } = LAYERS[name] ?? {};
  const counts = /** @type {number[]} */ (units ? [units] : [maps, rows, columns]);
  const known = numbers.length === counts.length &&
    numbers.every((at, i) => /^\d+$/.test(at) && Number(at) < counts[i]);
  if (!reads || !known) throw new RangeError(text);
  return { name, unit: numbers.map(Number) };
}

// Lays an element on a box of what is `rows` high and `columns` wide.
/** @param {HTMLElement} element @param {Box} box @param {number} rows */
export function lay({ style }, { top, left, height, width }, rows, columns = rows) {
  style.top = `${(100 * top) / rows}%`;
  style.left = `${(100 * left) / columns}%`;
  style.height = `${(100 * height) / rows}%`;
  style.width = `${(100 * width) / columns}%`;
}

// The unit's receptive field in each earlier layer, nearest first: { name, maps, top, left, height, width }.
/** @param {string} name @param {number[]} unit */
export function receptiveField(name, unit) {
  const fields = [];
  let { map, row: top, column: left } = place(name, unit);
  let maps = [map];
  let height = 1;
  let width = 1;
  for (let above = name; LAYERS[above].reads; above = LAYERS[above].reads) {
    const { reads, size, step } = LAYERS[above];
    const below = LAYERS[reads];
    if (above === "c5" || !size) {
      // all of it: every unit of C5 and F6, and C5's kernels are as large as S4's maps
      [top, left, height, width] = [0, 0, below.rows ?? below.units / below.columns, below.columns];
      maps = Array.from({ length: below.maps ?? 1 }, (_, i) => i);
    } else {
      [top, left] = [top * step, left * step];
      [height, width] = [(height - 1) * step + size, (width - 1) * step + size];
      if (above === "c3") maps = [...new Set(maps.flatMap((one) => table[one]))];
      if (reads === "input") maps = [0];
    }
    fields.push({ name: reads, maps, top, left, height, width });
  }
  return fields;
}
