// One sentence for each change: what to look for.

/** @type {Record<string, string>} */
const SENTENCES = {
  "move x": "Nothing changes: wherever it stands, it is centred. Switch that off, and move it again.",
  "move y": "Nothing changes: wherever it stands, it is centred. Switch that off, and move it again.",
  size: "Nothing changes: however large it is, it is scaled to 20×20. Switch that off, and try again.",
  turn: "How far may you tilt it? Which digit does it become upside down?",
  slant: "People write at a slant, so it has seen that in training. How far does it bear with it?",
  stretch: "Narrow or wide: which digits live on their width?",
  "pen width": "Thin lines break up, thick ones close the holes. What becomes of an 8?",
  wobble: "A trembling hand: is it the lines or the whole shape that it reads?",
  noise: "Grains all over the input: you still see the digit. Does it?",
  gaps: "The pen is lifted in five places. How little is enough for you, and for it?",
  contrast: "Fainter and fainter ink: you hardly notice. When does it?",
  "towards the kept drawing": "On the way from one drawing to the other: where does it change its mind?",
};
const MOVED =
  "Now it matters where it stands and how large it is. That is what scaling and centring are for.";
const THICK =
  "The pen is as you drew: a small drawing is thick, a large one thin. Compare with the pen redrawn.";

/**
 * @param {string} change
 * @param {boolean} centred
 * @param {boolean} redrawn
 */
export function lookFor(change, centred, redrawn) {
  if (!centred && /^(move|size)/.test(change)) return MOVED;
  if (!redrawn && /^(size|pen)/.test(change)) return THICK;
  return SENTENCES[change];
}
