// Draws the map's land as one SVG path, and says where on it each country lies by its ISO 3166 number (UN M49).
// Written to /static/dist/map.json, which the server reads. No borders: they are not for a map of helpers to draw.
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { geoArea, geoCentroid, geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const WIDTH = 800;
const SOUTHERNMOST = -58; // Antarctica is left out: nobody is there to be helped.

const read = async (name) =>
  JSON.parse(await readFile(createRequire(import.meta.url).resolve(`world-atlas/${name}.json`), "utf8"));

const polygonsOf = ({ geometry: { type, coordinates } }) =>
  (type === "Polygon" ? [coordinates] : coordinates).map((rings) => ({ type: "Polygon", coordinates: rings }));

const isInhabited = (polygon) => polygon.coordinates[0].some(([, latitude]) => latitude > SOUTHERNMOST);

const largest = (polygons) => polygons.reduce((one, other) => (geoArea(other) > geoArea(one) ? other : one));

export async function drawMap(outputFile) {
  const coarse = await read("land-110m");
  const fine = await read("countries-50m"); // Hong Kong, Macao and Singapore are in no coarser one.
  const land = {
    type: "GeometryCollection",
    geometries: feature(coarse, coarse.objects.land).features.flatMap(polygonsOf).filter(isInhabited),
  };
  const projection = geoEqualEarth().rotate([-11, 0]).fitWidth(WIDTH, land);
  const path = geoPath(projection).digits(0);
  const places = {};
  for (const country of feature(fine, fine.objects.countries).features) {
    if (country.id) places[country.id] = projection(geoCentroid(largest(polygonsOf(country)))).map(Math.round);
  }
  const height = Math.ceil(geoPath(projection).bounds(land)[1][1]);
  await writeFile(outputFile, JSON.stringify({ width: WIDTH, height, land: path(land), places }));
}
