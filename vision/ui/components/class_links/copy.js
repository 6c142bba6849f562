async (link) => {
  try { await navigator.clipboard.writeText(link); }
  catch {  // a page without HTTPS has no clipboard
    const area = document.createElement("textarea");
    area.value = link;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
