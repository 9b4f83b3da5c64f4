// Numbers as text. Those of the arithmetic come rounded from Python, so that they add up; here they are written.

import { amplitude } from "./geometry.js";

// With three decimals, or as many as Python left it; a true minus sign, and no sign for zero.
/** @param {number} value */
export function number(value, decimals = Math.max(3, String(value).split(".")[1]?.length ?? 0)) {
  return value.toFixed(decimals).replace(/^-(?=[0.]*$)/, "").replace("-", "−");
}

// As a factor: a negative one in brackets.
/** @param {number} value */
export const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

// For what is above zero, however little: "< 0.001" instead of "0.000".
/** @param {number} value */
export const orLess = (value) => (value < 0.0005 ? "< 0.001" : number(value));

/** @param {number} share */
export const perCent = (share) => `${(100 * share).toFixed(1)} %`;

// For what is above zero, however little: "less than 0.1 %" instead of "0.0 %".
/** @param {number} share */
export const perCentOrLess = (share) => (share > 0 && share < 0.0005 ? "less than 0.1 %" : perCent(share));

// Terms of a sum in a row: "0.120 − 0.005 + 1.394".
/** @param {number[]} terms @param {number=} decimals */
export function chain(terms, decimals) {
  const signed = terms.slice(1).map((term) => `${term < 0 ? "−" : "+"} ${number(Math.abs(term), decimals)}`);
  return [number(terms[0], decimals), ...signed].join(" ");
}

// A template whose values go in as they are: numbers and markup made here, never what somebody typed.
export const html = String.raw;

// A small matrix as a table, each cell tinted by its value.
/** @param {number[][]} rows @param {string} label */
export function grid(rows, label) {
  const cell = (/** @type {number} */ value) => {
    const share = Math.min(Math.abs(value) / amplitude, 1);
    const tint = `color-mix(in srgb, var(${value < 0 ? "--negative" : "--positive"}) ${
      Math.round(45 * share)
    }%, transparent)`;
    return `<td style="background:${tint}">${number(value)}</td>`;
  };
  const body = rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("");
  return `<table class="grid" aria-label="${label}"><tbody>${body}</tbody></table>`;
}
