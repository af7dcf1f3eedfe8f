import { expect, test } from "vitest";
import { createWorld, type World } from "../helpers/world.ts";

const ada = {
  first_name: "Ada",
  last_name: "Lovelace",
  email: "ada@example.com",
  password: "correct horse battery",
};

/** The token in the link of the latest mail to this address. */
async function mailedToken(world: World, to: string): Promise<string> {
  await world.flushMail();
  const text = world.mails.findLast((mail) => mail.to === to)?.text ?? "";
  return /token=([\w-]+)/.exec(text)?.[1] ?? "";
}

async function registered(world: World, person = ada) {
  const registration = await world.call("POST", "/register", null, person);
  expect(registration.status, registration.text).toBe(201);
  const token = await mailedToken(world, person.email);
  const session = await world.call("POST", "/auth/verify-email", null, { token });
  expect(session.status, session.text).toBe(201);
  return session.json;
}

const login = (world: World, password: string, email = ada.email) =>
  world.call("POST", "/auth/login", null, { email, password });

test("a person registers, proves the address, signs in, refreshes and signs out", async () => {
  await using world = await createWorld();
  const registration = await world.call("POST", "/register", null, ada);
  expect(registration.status, registration.text).toBe(201);
  expect((await login(world, ada.password)).json.id).toBe("AuthEmailNotVerified");

  const token = await mailedToken(world, ada.email);
  const session = await world.call("POST", "/auth/verify-email", null, { token });
  expect(session.json).toMatchObject({
    user_id: registration.json.user_id,
    email: ada.email,
    first_name: "Ada",
  });
  expect((await world.call("POST", "/auth/verify-email", null, { token })).json.id).toBe("AuthEmailExpired");

  const { json: own } = await world.call("GET", "/organizations", session.json.access_token);
  expect(own).toEqual([
    {
      organization_id: registration.json.organization_id,
      name: "Ada Lovelace's personal organization",
      role: "editor",
      plan: null,
    },
  ]);

  const refreshed = await world.call("POST", "/auth/refresh", session.json.refresh_token);
  expect(refreshed.status).toBe(201);
  expect((await world.call("POST", "/auth/refresh", session.json.refresh_token)).json.id).toBe(
    "AuthFailedRefresh",
  );
  expect((await world.call("GET", "/organizations", session.json.access_token)).json.id).toBe(
    "AuthInvalidBiscuit",
  );
  expect((await world.call("POST", "/auth/refresh", refreshed.json.access_token)).json.id).toBe(
    "AuthFailedRefresh",
  );

  expect((await world.call("POST", "/auth/logout", refreshed.json.access_token)).status).toBe(204);
  expect((await world.call("GET", "/organizations", refreshed.json.access_token)).status).toBe(403);
  expect((await world.call("POST", "/auth/refresh", refreshed.json.refresh_token)).status).toBe(401);
  expect((await login(world, ada.password)).status).toBe(201);
});

test("an access token lasts five minutes, a refresh token over lunch and a fortnight", async () => {
  await using world = await createWorld();
  const session = await registered(world);
  world.advance(299);
  expect((await world.call("GET", "/organizations", session.access_token)).status).toBe(200);
  world.advance(2);
  expect((await world.call("GET", "/organizations", session.access_token)).status).toBe(403);
  world.advance(13 * 86_400);
  const refreshed = await world.call("POST", "/auth/refresh", session.refresh_token);
  expect(refreshed.status).toBe(201);
  world.advance(15 * 86_400);
  expect((await world.call("POST", "/auth/refresh", refreshed.json.refresh_token)).json.id).toBe(
    "AuthFailedRefresh",
  );
});

test("no answer tells whether an address has an account", async () => {
  await using world = await createWorld();
  await registered(world);
  const stranger = "nobody@example.com";
  const same = async (path: string, body: (email: string) => object) => {
    const known = await world.call("POST", path, null, body(ada.email));
    const unknown = await world.call("POST", path, null, body(stranger));
    expect([known.status, Object.keys(known.json ?? {})]).toEqual([
      unknown.status,
      Object.keys(unknown.json ?? {}),
    ]);
    return known;
  };
  await same("/auth/login", (email) => ({ email, password: "not the password" }));
  await same("/auth/begin-reset-password", (email) => ({ email }));
  await same("/auth/resend-verification-email", (email) => ({ email }));
  const again = await same("/register", (email) => ({ ...ada, email, password: "another good passphrase" }));
  expect(again.status).toBe(201);
  expect((await login(world, "another good passphrase")).json.id, "the account is as it was").toBe(
    "AuthFailedLogin",
  );
  await world.flushMail();
  expect(world.mails.findLast((mail) => mail.to === ada.email)?.subject).toBe(
    "You already have a Columba account",
  );
});

test("a reset link works once, ends every session, and survives a refused password", async () => {
  await using world = await createWorld();
  const session = await registered(world);
  expect(
    (await world.call("POST", "/auth/begin-reset-password", null, { email: "ADA@example.com" })).status,
  ).toBe(204);
  const token = await mailedToken(world, ada.email);
  const reset = (new_password: string) =>
    world.call("POST", "/auth/reset-password", null, { token, new_password });
  expect((await reset("short")).json.id).toBe("PasswordTooShort");
  expect((await reset("a wholly new passphrase")).status).toBe(204);
  expect((await reset("one more new passphrase")).json.id).toBe("AuthEmailExpired");
  expect((await world.call("GET", "/organizations", session.access_token)).status).toBe(403);
  expect((await login(world, ada.password)).json.id).toBe("AuthFailedLogin");
  expect((await login(world, "a wholly new passphrase")).status).toBe(201);
});

test("links end with their time", async () => {
  await using world = await createWorld();
  await registered(world);
  await world.call("POST", "/auth/begin-reset-password", null, { email: ada.email });
  const token = await mailedToken(world, ada.email);
  world.advance(1_801);
  const late = await world.call("POST", "/auth/reset-password", null, {
    token,
    new_password: "a wholly new passphrase",
  });
  expect(late.json.id).toBe("AuthEmailExpired");
});

test("nobody is flooded: one verification mail a minute, five a day", async () => {
  await using world = await createWorld();
  await world.call("POST", "/register", null, ada);
  for (let ask = 0; ask < 10; ask++) {
    await world.call("POST", "/auth/resend-verification-email", null, { email: ada.email });
    await world.flushMail();
  }
  expect(world.mails).toHaveLength(1);
  for (let ask = 0; ask < 10; ask++) {
    world.advance(61);
    await world.call("POST", "/auth/resend-verification-email", null, { email: ada.email });
    await world.flushMail();
  }
  expect(world.mails).toHaveLength(5);
});

test("a password is changed with the current one, or as Hook0's callers do without it", async () => {
  await using world = await createWorld();
  const session = await registered(world);
  const change = (token: string, body: object) => world.call("POST", "/auth/password", token, body);
  const wrong = { current_password: "not the password", new_password: "a wholly new passphrase" };
  expect((await change(session.access_token, wrong)).json.id).toBe("AuthFailedLogin");
  const right = { current_password: ada.password, new_password: "a wholly new passphrase" };
  expect((await change(session.access_token, right)).status).toBe(204);
  expect((await change(session.access_token, right)).status, "every session has ended").toBe(403);
  const next = await login(world, "a wholly new passphrase");
  expect((await change(next.json.access_token, { new_password: "yet another passphrase" })).status).toBe(204);
  expect((await login(world, "yet another passphrase")).status).toBe(201);
});

test.each([
  ["tiny pass", "PasswordTooShort"],
  ["x".repeat(101), "PasswordTooLong"],
  ["abcabcabcabcabc", "PasswordNotDiverseEnough"],
  ["aaaaaaaabbbbb", "PasswordNotDiverseEnough"],
  ["passwordpassword", "PasswordNotDiverseEnough"],
  ["1qaz2wsx3edc4rfv", "PasswordTooCommon"],
  ["my example.com site", "PasswordSimilarToEmail"],
  ["l0velace is great", "PasswordSimilarToName"],
])("the password %s is refused: %s", async (password, id) => {
  await using world = await createWorld();
  const refused = await world.call("POST", "/register", null, { ...ada, password });
  expect(refused.json).toMatchObject({ status: 400, id });
  expect(refused.text).not.toContain(password);
});

test("a secret that is sent wrongly is never sent back", async () => {
  await using world = await createWorld();
  for (const body of [
    { ...ada, email: 42 },
    { ...ada, password: ["hunter2hunter2"] },
    { ...ada, email: "x" },
  ]) {
    const refused = await world.call("POST", "/register", null, body);
    expect([400, 422]).toContain(refused.status);
    expect(refused.text).not.toMatch(/hunter2|correct horse/);
  }
});

test("mail that cannot be sent is sent later, and what was asked for is done all the same", async () => {
  await using world = await createWorld({ mailFailures: 2 });
  expect((await world.call("POST", "/register", null, ada)).status).toBe(201);
  for (const seconds of [0, 61, 181]) {
    world.advance(seconds);
    await world.flushMail();
  }
  expect(world.mails).toHaveLength(1);
});
