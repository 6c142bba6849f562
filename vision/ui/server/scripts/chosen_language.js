(cookie, spoken) => {
  const known = (language) => spoken.includes(language) && language;
  const link = known(new URLSearchParams(location.hash.slice(1)).get("lang"));
  const kept = document.cookie.split("; ").find((each) => each.startsWith(`${cookie}=`));
  const language = link || known(kept?.slice(cookie.length + 1));
  window.labSpeak = (chosen) => {
    const framed = location.protocol === "https:";  // perhaps within another site's page
    const where = framed ? "SameSite=None; Secure; Partitioned" : "SameSite=Lax";
    // biome-ignore lint/suspicious/noDocumentCookie: not every browser has a cookie store
    document.cookie = `${cookie}=${chosen}; path=/; max-age=31536000; ${where}`;
  };
  if (link) window.labSpeak(link);
  if (!language) return;
  Object.defineProperty(navigator, "language", {get: () => language});
  Object.defineProperty(navigator, "languages", {get: () => [language]});
}
