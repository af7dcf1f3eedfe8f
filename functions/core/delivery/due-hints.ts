/**
 * When something may fall due, kept outside Postgres by whoever leaves an unfinished attempt in the ledger, so that the
 * scheduler connects only when there is a reason to and an idle database can suspend. A hint may be lost (the sweep
 * finds what it was about) or be there for nothing.
 */
export interface DueHints {
  /** Notes that attempts fall to the scheduler at these instants. Never rejects. Costs nothing when it is known. */
  note(instants: readonly Date[]): Promise<void>;
  /** Whether something was noted for an instant up to this one. True when that cannot be told. Never rejects. */
  hasUntil(instant: Date): Promise<boolean>;
  /** Forgets what was noted for instants before this one. Never rejects: what stays costs a look for nothing. */
  forgetBefore(instant: Date): Promise<void>;
}

/** Where the hints are kept: a set of minutes, as numbers of minutes since 1970. */
export interface MinuteStore {
  add(minutes: readonly number[]): Promise<void>;
  hasUpTo(minute: number): Promise<boolean>;
  removeBelow(minute: number): Promise<void>;
}

/** Minutes that a process remembers to have added; what it forgets is added once more. */
const REMEMBERED_MAX = 10_000;

const minuteOf = (instant: Date) => Math.floor(instant.getTime() / 60_000);

/**
 * Hints by the minute. Each process adds a minute once, whatever the number of attempts that fall due in it: at full
 * load that is about one write a minute. Adding twice is harmless and nothing is ever overwritten, so there is no race
 * with a scheduler that forgets: it forgets only minutes that have passed, whose attempts were written before.
 */
export function createDueHints(store: MinuteStore, onError: (error: unknown) => void): DueHints {
  let known = new Set<number>();
  return {
    async note(instants) {
      const minutes = [...new Set(instants.map(minuteOf))].filter((minute) => !known.has(minute));
      if (minutes.length === 0) return;
      try {
        await store.add(minutes);
        if (known.size > REMEMBERED_MAX) known = new Set();
        for (const minute of minutes) known.add(minute);
      } catch (error) {
        onError(error);
      }
    },
    async hasUntil(instant) {
      try {
        return await store.hasUpTo(minuteOf(instant));
      } catch (error) {
        onError(error);
        return true;
      }
    },
    async forgetBefore(instant) {
      const limit = minuteOf(instant);
      known = new Set([...known].filter((minute) => minute >= limit));
      await store.removeBelow(limit).catch(onError);
    },
  };
}
