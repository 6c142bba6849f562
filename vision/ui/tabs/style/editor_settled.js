async (editor) => {  // waits until an editor is there and fits its picture no more
  const look = () => {
    const place = document.getElementById(editor), canvas = place?.querySelector('canvas');
    return canvas?.checkVisibility() ? place.innerText + canvas.clientWidth : '';
  };
  for (let tries = 0, still = 0, before = ''; tries < 600 && still < 10; tries++) {
    await new Promise(resolve => setTimeout(resolve, 50));
    const now = look();
    still = now && now === before ? still + 1 : 0;
    before = now;
  }
}
