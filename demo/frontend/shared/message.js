// Reads the server's prediction; demo/message.py describes the format and writes it.

const TYPES = { float32: Float32Array, int8: Int8Array, uint8: Uint8Array };

// ArrayBuffer -> { digit, words, arrays: { name: { values, shape, scale } } }; a value is values[i] * scale.
// Throws a RangeError where the bytes end too early, or where an array is missing that is `needed`.
/**
 * @param {ArrayBuffer} buffer
 * @param {string[]} needed
 * @returns {Reply}
 */
export function unpack(buffer, needed = []) {
  const length = new DataView(buffer).getUint32(0, true);
  let offset = 4 + length;
  /**
   * @typedef {{ name: string, type: keyof typeof TYPES, shape: number[], scale: number }} Described
   * @type {Omit<Reply, "arrays"> & { arrays: Described[] }}
   */
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  /** @type {Arrays} */
  const arrays = {};
  for (const { name, type, shape, scale } of header.arrays) {
    const count = shape.reduce((product, size) => product * size, 1);
    const values = new TYPES[type](buffer, offset, count);
    arrays[name] = { values, shape, scale };
    offset += values.byteLength;
  }
  const missing = needed.find((name) => !(name in arrays));
  if (missing) throw new RangeError(`no ${missing}`);
  return { digit: header.digit, words: header.words, arrays };
}
