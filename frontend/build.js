// Bundles each entry point: src/NAME.js becomes /static/dist/NAME.js, which a page template loads by built('NAME.js').
import { build } from "esbuild";
import { drawMap } from "./map.js";

await build({
  entryPoints: ["src/embed.js", "src/exit.js", "src/search.js", "src/workbench.js"],
  outdir: "../src/coopgraph/web/static/dist",
  bundle: true,
  minify: true,
  target: "es2020",
  logLevel: "warning",
}).catch(() => process.exit(1)); // esbuild has told what is wrong, and where

await drawMap("../src/coopgraph/web/static/dist/map.json");
