(id, always) => {
  const find = (left) => {
    const place = document.getElementById(id);
    if (!place?.offsetParent) {
      if (left) setTimeout(find, 100, left - 1);
      return;
    }
    const { top, bottom } = place.getBoundingClientRect();
    if (always || top < 0 || bottom > innerHeight)
      place.scrollIntoView({ behavior: "smooth", block: always ? "center" : "nearest" });
  };
  find(30);
}
