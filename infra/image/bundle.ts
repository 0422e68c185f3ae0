import {fileURLToPath} from "node:url";
import {build, type Metafile} from "esbuild";
import {type Package, packagesOf} from "./packages.ts";

/** The programs of the proxy image, each bundled into one file. */
export interface Bundle {
  readonly files: Readonly<Record<"main.js" | "issuer.js", Uint8Array>>;
  /** The packages that are in them. */
  readonly packages: readonly Package[];
}

const root = fileURLToPath(new URL("../../", import.meta.url));
/** CommonJS packages in an ES module bundle expect a `require`. */
const REQUIRE =
  'import {createRequire} from "node:module"; const require = createRequire(import.meta.url);';

let made: Promise<Bundle> | undefined;

/** A bundle takes half a second; all that a process makes and runs of it is the same. */
export const programs = (): Promise<Bundle> => {
  made ??= bundle();
  return made;
};

/** Bundles the proxy and the issuer. The same sources give the same bytes on every machine. */
export async function bundle(): Promise<Bundle> {
  const {outputFiles, metafile} = await build({
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
    metafile: true,
  });
  const contents = (name: string) => {
    const file = outputFiles.find(({path}) => path.endsWith(`/${name}`));
    if (!file) throw new Error(`esbuild made no ${name}`);
    return file.contents;
  };
  return {
    files: {"main.js": contents("main.js"), "issuer.js": contents("issuer.js")},
    packages: packagesOf(filesIn(metafile), `${root}package-lock.json`),
  };
}

/** The source files of which something is left in an output. */
const filesIn = ({outputs}: Metafile) =>
  Object.values(outputs).flatMap(({inputs}) =>
    Object.entries(inputs).flatMap(([file, {bytesInOutput}]) => (bytesInOutput > 0 ? file : [])),
  );
