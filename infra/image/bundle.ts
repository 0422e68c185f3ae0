import {fileURLToPath} from "node:url";
import {build} from "esbuild";

/** The programs of the proxy image, each bundled into one file. */
export interface Bundle {
  readonly files: Readonly<Record<"main.js" | "issuer.js", Uint8Array>>;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
/** CommonJS packages in an ES module bundle expect a `require`. */
const REQUIRE =
  'import {createRequire} from "node:module"; const require = createRequire(import.meta.url);';

/** Bundles the proxy and the issuer. The same sources give the same bytes on every machine. */
export async function bundle(): Promise<Bundle> {
  const {outputFiles} = await build({
    absWorkingDir: root,
    entryPoints: {main: "proxy/main.ts", issuer: "proxy/issuer/main.ts"},
    outdir: "/",
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: {js: REQUIRE},
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "inline",
    // Module paths end up in the bundle, and must not depend on where a symlink leads.
    preserveSymlinks: true,
    write: false,
  });
  const contents = (name: string) => {
    const file = outputFiles.find(({path}) => path.endsWith(`/${name}`));
    if (!file) throw new Error(`esbuild made no ${name}`);
    return file.contents;
  };
  return {files: {"main.js": contents("main.js"), "issuer.js": contents("issuer.js")}};
}
