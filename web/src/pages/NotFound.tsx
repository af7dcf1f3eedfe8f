import { LinkButton } from "../ui/Button.tsx";
import { Empty } from "../ui/Empty.tsx";
import { SearchIcon } from "../ui/icons.ts";

export default function NotFound() {
  document.title = "Not found · Columba";
  return (
    <main class="mx-auto max-w-2xl pt-24">
      <h1 class="sr-only">Not found</h1>
      <Empty
        icon={<SearchIcon size={20} />}
        title="There is no such page"
        action={
          <LinkButton href="/" look="primary">
            To the dashboard
          </LinkButton>
        }
      >
        The address may be mistyped, or what it named has been deleted.
      </Empty>
    </main>
  );
}
