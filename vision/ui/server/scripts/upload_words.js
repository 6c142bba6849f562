(told, names, kinds) =>
  (told[document.documentElement.lang] ?? told.en)
    .replace("{names}", () => names)
    .replace("{kinds}", () => kinds)
