import type { HonoRequest } from "hono";
import { encodeCursor, type Cursor } from "#core/cursor.ts";

/** The `Link` header that names the page after this one: the same request, from the cursor on. */
export function nextLink(appUrl: string, request: HonoRequest, next: Cursor): string {
  const url = new URL(`${appUrl}${request.path}`);
  url.search = new URLSearchParams({ ...request.query(), pagination_cursor: encodeCursor(next) }).toString();
  return `<${url.href}>; rel="next"`;
}
