/** A payload as it can be shown: text when it is text, with what it decodes to when it is JSON. */
export interface ShownPayload {
  readonly text: string;
  readonly json: unknown;
  readonly isJson: boolean;
  readonly isBinary: boolean;
  readonly bytes: number;
}

/** Reads the base64 payload of an event. */
export function readPayload(base64: string): ShownPayload {
  const bytes = Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return { ...readText(text), bytes: bytes.length };
  } catch {
    return { text: base64, json: null, isJson: false, isBinary: true, bytes: bytes.length };
  }
}

export function readText(text: string): ShownPayload {
  const bytes = new TextEncoder().encode(text).length;
  try {
    return { text, json: JSON.parse(text), isJson: true, isBinary: false, bytes };
  } catch {
    return { text, json: null, isJson: false, isBinary: false, bytes };
  }
}

export function formatBytes(bytes: number): string {
  return bytes < 1_024 ? `${bytes} B` : `${(bytes / 1_024).toFixed(1)} KiB`;
}
