// The empty pad invites: words on it, and after two seconds of nothing a faint example that draws itself once. Both
// make way at the first touch and do not come back.

import { drawing } from "../shared/pad.js";

const WAIT = 2_000; // ms of nothing
const SVG = "http://www.w3.org/2000/svg";
// A three, in pad units.
const EXAMPLE =
  "M86 88C98 44 188 40 184 96C181 128 148 136 124 137C160 136 204 152 198 196C191 246 100 252 80 208";

/** @param {HTMLElement} paper */
export function mountInvitation(paper) {
  if (!paper || drawing.strokes.length > 0) return;
  const invitation = document.createElement("div");
  invitation.className = "invitation";
  invitation.ariaHidden = "true"; // the status says the same to those who do not see it
  const words = document.createElement("span");
  words.textContent = "Draw a digit here";
  invitation.append(words);
  paper.append(invitation);

  /** @type {number | undefined} */
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(example, WAIT);
  };
  function example() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${drawing.side} ${drawing.side}`);
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", EXAMPLE);
    path.setAttribute("pathLength", "1");
    svg.append(path);
    invitation.prepend(svg);
    stopWaiting();
  }
  const stirs = ["pointermove", "keydown", "wheel"];
  function stopWaiting() {
    clearTimeout(timer);
    for (const type of stirs) removeEventListener(type, wait);
  }
  function leave() {
    stopWaiting();
    invitation.remove();
    paper.removeEventListener("pointerdown", leave, true);
    document.removeEventListener("strokes", drawn);
  }
  /** @param {CustomEvent<Drawing>} event */
  const drawn = ({ detail }) => detail.strokes.length > 0 && leave();

  paper.addEventListener("pointerdown", leave, true);
  document.addEventListener("strokes", drawn);
  for (const type of stirs) addEventListener(type, wait, { passive: true });
  wait();
}
