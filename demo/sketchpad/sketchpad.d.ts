// The arguments that Gradio gives to the body of sketchpad.js.

declare const element: {
  querySelector(part: ".ink"): HTMLCanvasElement;
  querySelector(part: ".paper" | ".cursor" | ".hint" | "[aria-live]"): HTMLElement;
} & HTMLElement;
declare const props: { value: Stroke[] | null; side: number; pen_width: number };
declare function trigger(event: string): void;
declare function watch(prop: string, changed: () => void): void;

interface HTMLElementEventMap {
  "strokes-set": CustomEvent<{ strokes: Stroke[]; keep?: boolean; penWidth?: number }>;
}
