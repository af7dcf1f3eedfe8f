import { createMemo, For } from "solid-js";

const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

interface Piece {
  readonly text: string;
  readonly class: string;
}

/** Indented JSON with its keys, texts and values told apart. */
export function JsonView(props: { value: unknown; label: string }) {
  const pieces = createMemo(() => highlight(JSON.stringify(props.value, null, 2) ?? ""));
  return (
    <pre
      tabindex="0"
      role="region"
      aria-label={props.label}
      class="max-h-[32rem] overflow-auto px-4 py-3 text-xs leading-5 text-ink-2"
    >
      <For each={pieces()}>{(piece) => <span class={piece.class}>{piece.text}</span>}</For>
    </pre>
  );
}

function highlight(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [whole, string, colon, word] = match;
    pieces.push({ text: text.slice(end, match.index), class: "" });
    if (colon !== undefined)
      pieces.push({ text: string ?? "", class: "text-accent-ink" }, { text: colon, class: "" });
    else if (string !== undefined) pieces.push({ text: string, class: "text-plume" });
    else pieces.push({ text: whole, class: word === undefined ? "text-wait" : "text-bad" });
    end = match.index + whole.length;
  }
  pieces.push({ text: text.slice(end), class: "" });
  return pieces.filter((piece) => piece.text !== "");
}
