// Builds the static assets into a folder (default dist/): styles through sass, scripts, icons; each
// under a name that carries a hash of its content, with gzip and brotli beside it, and a manifest.txt
// of "logical-name hashed-name" lines that the server reads.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "dist");
const govuk = join(here, "node_modules/govuk-frontend/dist/govuk");
const manifest = [];

function put(name, content) {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const dot = name.lastIndexOf(".");
  const hashed = `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
  writeFileSync(join(out, hashed), bytes);
  writeFileSync(join(out, hashed + ".gz"), gzipSync(bytes, { level: 9 }));
  writeFileSync(join(out, hashed + ".br"),
    brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  manifest.push(`${name} ${hashed}`);
  return hashed;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

put("oneview.css", sass.compile(join(here, "styles/oneview.scss"), {
  style: "compressed",
  loadPaths: [here, join(here, "node_modules"), join(here, "node_modules/@ministryofjustice/frontend/moj")],
  quietDeps: true,
  logger: sass.Logger.silent,
}).css);

const library = put("govuk-frontend.js",
  readFileSync(join(govuk, "govuk-frontend.min.js"), "utf8").replace(/\n?\/\/# sourceMappingURL=.*\n?$/, "\n"));
put("oneview.js",
  readFileSync(join(here, "scripts/oneview.js"), "utf8").replace('"govuk-frontend"', `"/static/${library}"`));
put("icon.svg", readFileSync(join(here, "images/icon.svg")));

writeFileSync(join(out, "manifest.txt"), manifest.join("\n") + "\n");
