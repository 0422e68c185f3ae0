import type {GithubExchange, PersonalKeyTerms} from "../config.ts";
import {busyBy} from "../github.ts";
import {askProvider, deadline, type Reply, refusalOf} from "../provider.ts";
import type {ProviderKeys} from "../provider-keys.ts";
import {Refusal} from "../refusal.ts";

/** Has the provider take back what a key holds. Rejects with Refusal; KEY_UNENDED where the provider has no way. */
export type Ending = (credential: string) => Promise<void>;

/**
 * github.com takes back whatever it is shown, and from nobody who is signed in; an Enterprise Server does not know
 * tokens of apps there: https://docs.github.com/rest/credentials/revoke
 */
export function createGithubEnding({api}: GithubExchange): Ending {
  const url = `${api.replace(/\/+$/, "")}/credentials/revoke`;
  return async (credential) => {
    const reply = await askProvider(url, {
      method: "POST",
      headers: {
        accept: "application/vnd.github+json",
        "content-type": "application/json",
        "user-agent": "meridian",
        "x-github-api-version": "2022-11-28",
      },
      body: JSON.stringify({credentials: [credential]}),
      signal: deadline(),
    });
    if (reply.status !== 202) throw unendedBy(reply);
  };
}

/** RFC 7009, section 2: a refresh token, and the access tokens that came of it. Microsoft Entra has nothing like it. */
export function createOidcEnding({clientId}: PersonalKeyTerms, keys: ProviderKeys): Ending {
  return async (credential) => {
    const {revocation} = await keys.endpoints();
    if (revocation === undefined) throw new Refusal("KEY_UNENDED");
    const reply = await askProvider(revocation, {
      method: "POST",
      body: new URLSearchParams({
        client_id: clientId,
        token: credential,
        token_type_hint: "refresh_token",
      }),
      signal: deadline(),
    });
    if (reply.status !== 200) throw unendedBy(reply);
  };
}

/** What is not the provider's trouble of the moment is its way of being. */
function unendedBy(reply: Reply): Refusal {
  const {url, status} = reply;
  if (status === 429 || status >= 500) return refusalOf(reply);
  const busy = status === 403 ? busyBy(reply) : undefined;
  if (busy) return busy;
  return new Refusal("KEY_UNENDED", {cause: new Error(`${url} answered ${status}`)});
}
