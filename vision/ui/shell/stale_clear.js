(names, note, run) => {
  const places = names.map((name) => document.getElementById(name)).filter(Boolean);
  const [result] = places;
  const late = result?.labKnown?.[run] !== result?.labChanges;  // it answers what was set before
  const words = document.getElementById(note)?.textContent.trim() ?? "";
  for (const [order, place] of places.entries())
    if (late) place.dataset.stale = order ? "" : words;
    else place.removeAttribute("data-stale");
}
