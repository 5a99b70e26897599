// A real OpenID Connect provider on loopback, for one test: node provider.mjs CALLBACK. Says its port on a line of its own.
// Beside the protocol it answers /walk?user=NAME&url=ADDRESS: walks through the provider as NAME's browser would, and
// says where the provider sends that browser in the end.
import { createServer, get } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

console.info = console.error; // only the port is for whoever started this
const require = createRequire(join(process.env.ONEVIEW_SOURCE, "frontend", "package.json"));
const { default: Provider } = await import(pathToFileURL(require.resolve("oidc-provider")));

const users = {
  petra: { preferred_username: "Petra.Nowak", name: "Petra Nowak", groups: ["staff", "OneView front line"] },
  petra_inspects: { preferred_username: "Petra.Nowak", name: "Petra Nowak-Lee", groups: ["OneView inspectors"] },
  petra_left: { preferred_username: "Petra.Nowak", name: "Petra Nowak", groups: ["staff"] },
  olga: { preferred_username: "olga", name: "Olga Marsh", groups: ["OneView inspectors"] },
  stranger: { preferred_username: "stranger", name: "A Stranger", groups: ["staff"] },
  dara: { preferred_username: "somebody.else", name: "Dara", groups: [] },
  hana: { preferred_username: "hana", name: "Hana", groups: [] },
  rosa: { preferred_username: "rosa", name: "Another Rosa", groups: ["OneView front line"] },
};
let user = "petra";

const key = (type, options, more) => ({ ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }), ...more });
const server = createServer();
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const port = server.address().port;
const origin = `http://127.0.0.1:${port}`;

const provider = new Provider(origin, {
  clients: [{
    client_id: "oneview", client_secret: "a secret for one test", redirect_uris: [process.argv[2]],
    token_endpoint_auth_method: "client_secret_post",
    id_token_signed_response_alg: process.env.SIGNED_BY ?? "RS256",
  }],
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["preferred_username", "name", "groups"], email: [] },
  cookies: { keys: ["for one test"] },
  features: { devInteractions: { enabled: false } },
  jwks: { keys: [key("rsa", { modulusLength: 2048 }, { use: "sig", kid: "r" }), key("ec", { namedCurve: "P-256" }, { use: "sig", kid: "e" })] },
  pkce: { required: () => true },
  interactions: { url: (context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id, ...users[user] }) }),
});

// Whoever is asked to sign in does, and consents.
async function interact(request, response) {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  if (prompt.name === "login") return provider.interactionFinished(request, response, { login: { accountId: user.split("_")[0] } });
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope("openid profile email");
  return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
}

const ask = (url, cookies) => new Promise((done, fail) =>
  get(url, { headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") } }, (answer) => {
    answer.resume();
    for (const line of answer.headers["set-cookie"] ?? []) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      cookies.set(name, value);
    }
    done(answer);
  }).on("error", fail));

async function walk(url) {
  const cookies = new Map();
  for (let i = 0; i < 10 && new URL(url, origin).origin === origin; i++) {
    const answer = await ask(new URL(url, origin), cookies);
    if (!answer.headers.location) return `stopped at ${url} with ${answer.statusCode}`;
    url = answer.headers.location;
  }
  return url;
}

let described = 0; // how often somebody asked for the provider's description
const protocol = provider.callback();
server.on("request", async (request, response) => {
  const asked = new URL(request.url, origin);
  if (asked.pathname === "/walk") {
    user = asked.searchParams.get("user");
    response.end(`${await walk(asked.searchParams.get("url"))}\n`);
  } else if (asked.pathname === "/described") {
    response.end(`asked:${described}\n`);
  } else if (asked.pathname.startsWith("/interaction/")) {
    await interact(request, response);
  } else {
    described += asked.pathname === "/.well-known/openid-configuration";
    protocol(request, response);
  }
});
console.log(port);
