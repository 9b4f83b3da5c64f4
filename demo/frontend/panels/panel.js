// What the parts that open have in common: kernels, Table I, the sum of a unit, and why this digit.

const GAP = 8; // px between the panel and what it leaves in sight, or between that and the window's edge

// Says in the element's own line what keeps it from showing `of`; the line is read aloud, and empty otherwise.
export function problem(element, of) {
  const line = element.querySelector(`.problem[data-of=${of}]`);
  return (sentence) => {
    if (line.textContent !== sentence) line.textContent = sentence;
  };
}

// Whether the keyboard would be lost with the panel: it is in it, or nowhere, because what it was on has gone.
export function hasKeyboard(panel) {
  return panel.contains(document.activeElement) || document.activeElement === document.body;
}

// Takes the panel off what it is about: the part of the page that was chosen, and if there is room what that reads.
// A panel that is laid out to lie on something (compact.css) stays there.
export function uncover(panel, chosen, read = chosen) {
  const { position } = getComputedStyle(panel);
  if (position === "sticky") dock(panel, [chosen, read]);
  if (position === "fixed") scrollOut(panel, chosen, read);
}

// To the other end of the window, if it covers less there: on a wide page nothing scrolls.
function dock(panel, parts) {
  const covered = (above) => {
    panel.classList.toggle("above", above);
    return parts.map((part) => overlap(panel, part));
  };
  const above = panel.classList.contains("above");
  const [[chosen, read], [chosenThere, readThere]] = [covered(above), covered(!above)];
  const better = chosenThere < chosen || (chosenThere === chosen && readThere < read);
  panel.classList.toggle("above", better ? !above : above);
}

// Not with scrollIntoView: in a frame that would scroll the page around it, too.
function scrollOut(panel, ...parts) {
  const end = panel.getBoundingClientRect().top - GAP;
  const [chosen, read] = parts.map((part) => part.getBoundingClientRect());
  const least = chosen.bottom - end;
  const most = Math.min(chosen.top, read.top) - GAP;
  scrollBy(0, Math.max(least, Math.min(0, most)));
}

// The height, in px, that two elements share.
function overlap(one, other) {
  const [a, b] = [one, other].map((element) => element.getBoundingClientRect());
  const beside = a.right <= b.left || b.right <= a.left;
  return beside ? 0 : Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));
}
