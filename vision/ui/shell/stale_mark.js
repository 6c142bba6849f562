(names, note, steers) => {
  const words = document.getElementById(note)?.textContent.trim() ?? "";
  const places = names.map((name) => document.getElementById(name)).filter(Boolean);
  const [result] = places;
  if (steers && result?.dataset.forming) return;
  if (result) result.labChanges = (result.labChanges ?? 0) + 1;
  for (const [order, place] of places.entries())
    if (place.querySelector("img, svg, table, .lab-tile")) place.dataset.stale = order ? "" : words;
}
