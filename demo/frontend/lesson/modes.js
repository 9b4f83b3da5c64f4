// How a link wants the page to be shown: #hide=maps.why without these parts, #projector in large type, which the
// key P turns on and off, too. lesson.css says what each does.

import { register } from "../shared/view.js";

// What can be hidden, and how the page that makes links calls it.
export const HIDEABLE = {
  maps: "all layers: only the pad and the bars stay",
  answer: "the answer and the bars, for a class to guess",
  why: "Why?",
  kernels: "Kernels",
  table: "Table I",
  play: "Play the layers",
  examples: "Examples",
  save: "Save",
  link: "Copy link",
  lesson: "Lesson",
};

const root = document.documentElement;
/** @param {string} name */
const isHidden = (name) => root.classList.contains(`hide-${name}`);

export const hidden = () => Object.keys(HIDEABLE).filter(isHidden);

/** @param {string[]} names */
function hide(names) {
  const unknown = names.find((name) => !(name in HIDEABLE));
  if (unknown !== undefined) throw new RangeError(unknown);
  for (const name of Object.keys(HIDEABLE)) root.classList.toggle(`hide-${name}`, names.includes(name));
  dispatchEvent(new Event("resize")); // the lines are measured anew
}

export const isLarge = () => root.classList.contains("projector");

/** @param {boolean} large */
function enlarge(large) {
  if (large === isLarge()) return;
  root.classList.toggle("projector", large);
  dispatchEvent(new Event("resize"));
}

/** @param {Tell} tell */
export function mountModes(tell) {
  register("hide", {
    told: () => hidden().join(".") || null,
    open: (text) => hide(text === null ? [] : text.split(".")),
  });
  register("projector", {
    told: () => (isLarge() ? "" : null),
    open: (text) => enlarge(text !== null),
  });
  addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, altKey, metaKey } = event;
    const writes = target instanceof Element && target.closest("input, select, textarea, dialog");
    if (key.toLowerCase() !== "p" || ctrlKey || altKey || metaKey || writes) return;
    enlarge(!isLarge());
    tell(isLarge() ? "Large type. P ends it." : "Usual type.");
  });
}
