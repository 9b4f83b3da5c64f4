// The few things that the page's scripts hand to each other, by name. Nothing of this runs: deno check reads it.

/** [x, y] in the pad's units, y down. */
type Point = [number, number];
type Stroke = Point[];

/** What is on the pad. */
interface Drawing {
  strokes: Stroke[];
  penWidth: number;
  /** The pen is down, or an example is being replayed: more is to come. */
  penDown: boolean;
  /** Of the pad, in its own units. */
  side: number;
  /** What is done to it before the network reads it, as demo/experiments.py wants it, or the moment of the network's training; nothing as a rule. */
  experiment?: { moment?: number; off?: Record<string, number[]>; difference?: boolean } | null;
}

/** An array of a message; a value is values[i] * scale. */
interface Values {
  values: Float32Array | Int8Array | Uint8Array;
  shape: number[];
  scale: number;
}
type Arrays = Record<string, Values>;

/** The network's answer to a drawing. */
interface Prediction {
  digit: number | null;
  /** What to tell whoever drew it, where the server has something to tell. */
  words: string | null;
  arrays: Arrays;
  drawing: Drawing;
}

/** A unit of the network: its layer's name, and [map, row, column] or [number]. */
interface Unit {
  name: string;
  unit: number[];
}

interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Where the preprocessing put a drawing (placement.js). */
interface Placement {
  /** The square around the drawing, and the redrawn pen's width, in the pad's units. */
  box: Box;
  penWidth: number;
  /** Of the 20×20 cells, and of their centre of mass, in the 28×28. */
  offset: { top: number; left: number };
  centre: { top: number; left: number };
}

/** What a part that opens tells to links, and how a link opens it (view.js). */
interface Part {
  told: () => string | null;
  open: (text: string | null) => void;
}

/** How long the parts of a request took (server.js), in milliseconds. */
interface Times {
  /** There and back, without the server's own time. */
  trip: number;
  /** That it waited at the server and was computed. */
  server: number;
  /** Of the answer's bytes, after the first. */
  bytes: number;
}

/** What somebody who learns has done since a card is open (lesson.js). */
interface Learning {
  /** Read of the drawing, which rests when the pen is lifted and something is drawn. */
  digit: number | null;
  drawing: Drawing;
  rests: boolean;
  /** Whether the network rather calls it no digit. */
  doubted: boolean;
  /** What was read, each change once. */
  said: (number | "no digit")[];
  /** The unit that was pointed at. */
  looked: Unit | null;
  /** Whether something of this selector was pressed. */
  pressed: (selector: string) => boolean;
  /** What a link would say of a part; null while it is closed. */
  told: (name: string) => string | null;
}

/** A card of the lesson; cards.js tells what each means. */
interface Card {
  title: string;
  task: string;
  question: string;
  choices: string[];
  right?: number;
  spots: string[];
  view?: Record<string, string>;
  done: (state: Learning) => boolean;
  reveal: (state: Learning) => string;
}

/** Says a sentence; "" takes it back. */
type Tell = (sentence: string) => void;

/** An EventTarget that sends these events, with these details. */
interface Channel<Details> {
  dispatchEvent(event: Event): boolean;
  addEventListener<Name extends keyof Details>(
    name: Name,
    listener: (event: CustomEvent<Details[Name]>) => void,
  ): void;
}

interface DocumentEventMap {
  strokes: CustomEvent<Drawing>;
}
