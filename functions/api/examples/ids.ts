// Of one and the same things in all examples of the OpenAPI document, so that they can be read as one story.

export const applicationId = "0193f6a0-0000-7000-8000-000000000001";
export const subscriptionId = "0193f6a0-0000-7000-8000-000000000002";
export const eventId = "0193f6a0-0000-7000-8000-000000000003";
export const organizationId = "0193f6a0-0000-7000-8000-000000000004";
export const attemptId = "0193f6a0-0000-7000-8000-000000000005";
export const replayId = "0193f6a0-0000-7000-8000-000000000006";
export const erasureId = "0193f6a0-0000-7000-8000-000000000007";
export const userId = "0193f6a0-0000-7000-8000-000000000008";
export const serviceTokenId = "4f5d1c1e-63a5-4f4d-9d6b-0d9a2f6d7b09";
export const auditEntryId = "0193f6a0-0000-7000-8000-00000000000a";
export const newEventId = "0193f6a0-0000-7000-8000-00000000000b";
export const retriedAttemptId = "0193f6a0-0000-7000-8000-00000000000c";

export const email = "ada@example.com";
export const eventTypeName = "shop.order.paid";
/** Of a key pair that was thrown away. */
export const biscuitPublicKey = "800d273db2bb806b70f3c6e7d30c9050fc72867f5c16aeb5d647f33e20519534";
/** A service token, signed with it. */
export const biscuit =
  "EoUCCpoBCgR0eXBlCg5zZXJ2aWNlX2FjY2VzcwoIdG9rZW5faWQKD29yZ2FuaXphdGlvbl9pZAoKY3JlYXRlZF9hdBgDIgoKCAiA" +
  "CBIDGIEIIggKBggWEgIQASIZChcIgggSEioQT10cHmOlT02daw2aL217CSIZChcIgwgSEioQAZP2oAAAcACAAAAAAAAABCINCgsI" +
  "hAgSBiCQmIDYBhIkCAASIDRoNdHcohAYdr7cx0_fBJjLVl5SE_Xkscw7VUct35lGGkAHwVZQFEAaOvjm-F_g0YmDHVeuoWaBNIWi" +
  "cTLVGdiQ2WySyg-IgRUAPRJLzAUm7puBiDopDYuD3siCJnb4KqMLIiIKIJn1Vo4AmhVbY49-xhFR2MS9t91wCLDyHWSlFwDjEjfY";
/** Of that token's block. */
export const revocationId =
  "07c1565014401a3af8e6f85fe0d189831d57aea166813485a27132d519d890d96c92ca0f888115003d124bcc0526ee9b8188" +
  "3a290d8b83dec8822676f82aa30b";

export const inApplication = { application_id: applicationId };
