import assert from "node:assert/strict";
import {describe, test} from "node:test";
import {locations} from "../../regions/azure.ts";
import {placeByCode, places} from "../../regions/places/places.ts";
import {distanceKm, type Figure, publishedFigures, siteOf} from "./figures.ts";
import {fit, fitLine, missesSeen, missesUnseen, roundTripMs, TYPICAL_MISS_MS} from "./latency.ts";

test("distances are great circles, over the date line too", () => {
  const at = (latitude: number, longitude: number) => ({latitude, longitude});
  assert.equal(Math.round(distanceKm(at(0, 0), at(0, 90))), 10_008);
  assert.equal(Math.round(distanceKm(at(0, 179), at(0, -179))), 222);
  assert.equal(Math.round(distanceKm(at(90, 0), at(-90, 50))), 20_015);
  assert.equal(Math.round(distanceKm(at(51.51, -0.13), at(40.71, -74.01))), 5570);
  assert.equal(distanceKm(at(10, 10), at(10, 10)), 0);
});

test("the figures are of every pair of the catalogue that is published, as they are published", () => {
  const figures = publishedFigures();
  const msOf = (from: string, to: string) =>
    figures.find((figure) => figure.from.name === from && figure.to.name === to)?.ms;
  assert.equal(figures.length, 45 * 44);
  assert.deepEqual(
    [
      msOf("westeurope", "eastus2"),
      msOf("eastus2", "westeurope"),
      msOf("brazilsouth", "japaneast"),
    ],
    [94, 93, 265],
  );
  assert.equal(msOf("eastus", "eastus"), undefined);
  // Both ways of a pair are measured apart; no pair is more than half as long again one way.
  for (const {from, to, ms} of figures)
    assert.ok(ms <= 1.5 * msOf(to.name, from.name)!, `${from.name} to ${to.name}`);
});

describe("the fit", () => {
  const at = (name: string) => locations.get(name)!;
  const figure = (from: string, to: string, base: number, slope: number): Figure => {
    const km = distanceKm(at(from), at(to));
    return {from: at(from), to: at(to), ms: base + slope * km};
  };
  const figures = [
    figure("westeurope", "swedencentral", 7, 0.01),
    figure("westeurope", "italynorth", 7, 0.01),
    figure("westeurope", "eastus2", 7, 0.02),
    figure("uksouth", "westus", 7, 0.02),
  ];

  test("finds the base and each slope that figures were made of", () => {
    const {baseMs, msPerKm} = fit(figures);
    const slopes = [...msPerKm].map(([pair, slope]) => [pair, slope.toFixed(6)]);
    assert.equal(baseMs.toFixed(6), "7.000000");
    assert.deepEqual(slopes, [
      ["GEO-EU GEO-EU", "0.010000"],
      ["GEO-EU GEO-NA", "0.020000"],
    ]);
    assert.ok(missesSeen(figures, fit(figures)).p95Ms < 1e-6);
  });

  test("where a pair of groups has no figure, goes by all of them", () => {
    const latency = fit(figures);
    const [from, to] = [placeByCode("KE")!, siteOf(at("westeurope"))];
    const expected = latency.baseMs + latency.otherwiseMsPerKm * distanceKm(from, to);
    assert.equal(roundTripMs(from, to, latency), expected);
  });

  test("foretells locations that it did not see, and better than the line does alone", () => {
    const [whole, line] = [fit, fitLine].map((to) => missesUnseen(publishedFigures(), to));
    assert.equal(Math.round(whole!.medianMs), TYPICAL_MISS_MS);
    assert.ok(whole!.p95Ms < 40, `${whole!.p95Ms}`);
    assert.ok(whole!.medianMs < 0.7 * line!.medianMs && whole!.p95Ms < 0.7 * line!.p95Ms);
  });

  test("from any place to any location takes longer than light does", () => {
    for (const place of places)
      for (const to of locations.values()) {
        const ms = roundTripMs(place, siteOf(to));
        assert.ok(ms > distanceKm(place, to) / 150, `${place.code} to ${to.name}: ${ms}`);
      }
  });
});
